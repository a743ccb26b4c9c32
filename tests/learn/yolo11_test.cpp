// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "runtime/learn/yolo11_net.hpp"

using namespace ecco;

namespace {

student_spec a_spec(std::string architecture, std::uint16_t classes = 80) {
  return {.architecture = std::move(architecture), .classes = classes, .input_width = 96, .input_height = 64};
}

yolo11_net a_net(const student_spec& spec, std::uint64_t seed = 1) {
  yolo11_net net{*variant_of(spec), spec.classes};
  net.initialise(seed);
  return net;
}

/// Lines such as "model.0.bn.weight (16,)".
std::map<std::string, std::vector<std::int64_t>> published_keys() {
  std::map<std::string, std::vector<std::int64_t>> keys;
  std::ifstream file{ECCO_TEST_DATA "/learn/yolo11n_keys.txt"};
  for (std::string line; std::getline(file, line);) {
    for (auto& c : line)
      if (c == '(' || c == ')' || c == ',')
        c = ' ';
    std::istringstream words{line};
    std::string name;
    words >> name;
    for (std::int64_t size; words >> size;)
      keys[name].push_back(size);
  }
  return keys;
}

torch::Tensor some_pictures(std::int64_t n, const student_spec& spec) {
  torch::manual_seed(7);
  return torch::rand({n, 3, spec.input_height, spec.input_width})
      .contiguous(torch::MemoryFormat::ChannelsLast);
}

} // namespace

BOOST_AUTO_TEST_SUITE(yolo11)

// algorithms.md 3.2, and for "p" the real Ultralytics given its scale. Only here are the largest ones built.
BOOST_AUTO_TEST_CASE(sizes_of_every_variant_are_the_published_ones) {
  const struct {
    const char* name;
    std::int64_t parameters, folded, tensors;
    double gflops;
  } table[] = {
      {"yolo11p", 858'832, 854'364, 499, 2.57},          {"yolo11p-seg", 978'320, 973'564, 561, 3.64},
      {"yolo11n", 2'624'080, 2'616'248, 499, 6.48},
      {"yolo11n-seg", 2'876'848, 2'868'664, 561, 9.74},
      {"yolo11s", 9'458'752, 9'443'760, 499, 21.47},
      {"yolo11s-seg", 10'113'248, 10'097'776, 561, 32.95},
      {"yolo11m", 20'114'688, 20'091'712, 649, 67.98},
      {"yolo11m-seg", 22'420'896, 22'396'992, 711, 113.23},
      {"yolo11l", 25'372'160, 25'340'992, 1015, 86.91},
      {"yolo11l-seg", 27'678'368, 27'646'272, 1077, 132.15},
      {"yolo11x", 56'966'176, 56'919'424, 1015, 194.90},
      {"yolo11x-seg", 62'142'656, 62'094'528, 1077, 296.36},
  };
  for (const auto& row : table)
    BOOST_TEST_CONTEXT(row.name) {
      const auto counted = summarise({.architecture = row.name});
      BOOST_TEST_REQUIRE(counted.has_value());
      BOOST_TEST(counted->parameters == row.parameters);
      BOOST_TEST(counted->folded_parameters == row.folded);
      BOOST_TEST(counted->tensors == row.tensors);
      BOOST_TEST(std::abs(counted->gflops - row.gflops) < .006);
    }
}

BOOST_AUTO_TEST_CASE(every_layer_has_the_published_size) {
  const struct {
    const char* kind;
    std::int64_t channels, parameters;
  } table[] = {
      {"Conv", 16, 464},      {"Conv", 32, 4'672},    {"C3k2", 64, 6'640},     {"Conv", 64, 36'992},
      {"C3k2", 128, 26'080},  {"Conv", 128, 147'712}, {"C3k2", 128, 87'040},   {"Conv", 256, 295'424},
      {"C3k2", 256, 346'112}, {"SPPF", 256, 164'608}, {"C2PSA", 256, 249'728}, {"Upsample", 256, 0},
      {"Concat", 384, 0},     {"C3k2", 128, 111'296}, {"Upsample", 128, 0},    {"Concat", 256, 0},
      {"C3k2", 64, 32'096},   {"Conv", 64, 36'992},   {"Concat", 192, 0},      {"C3k2", 128, 86'720},
      {"Conv", 128, 147'712}, {"Concat", 384, 0},     {"C3k2", 256, 378'880},  {"Detect", 0, 464'912},
  };
  const auto counted = summarise({.architecture = "yolo11n"});
  BOOST_TEST_REQUIRE(counted.has_value());
  BOOST_TEST_REQUIRE(counted->layers.size() == std::size(table));
  for (std::size_t i = 0; i < std::size(table); ++i)
    BOOST_TEST_CONTEXT("layer " << i) {
      BOOST_TEST(counted->layers[i].kind == table[i].kind);
      BOOST_TEST(counted->layers[i].channels == table[i].channels);
      BOOST_TEST(counted->layers[i].parameters == table[i].parameters);
    }
  const auto with_masks = summarise({.architecture = "yolo11n-seg"});
  BOOST_TEST(with_masks->layers.back().kind == "Segment");
  BOOST_TEST(with_masks->layers.back().parameters == 717'680);
}

BOOST_AUTO_TEST_CASE(parameters_have_the_published_names_and_shapes) {
  std::map<std::string, std::vector<std::int64_t>> ours;
  const auto net = a_net(a_spec("yolo11n"));
  for (const auto& p : net.named_parameters())
    ours[p.key()] = p.value().sizes().vec();
  const auto published = published_keys();
  BOOST_TEST(published.size() == 256u);
  for (const auto& [name, shape] : published)
    BOOST_TEST(ours[name] == shape, name);
  BOOST_TEST(ours.size() == published.size());
}

BOOST_AUTO_TEST_CASE(unusable_specs_are_refused) {
  auto spec = a_spec("yolo11z");
  BOOST_CHECK(variant_of(spec).error().code == ec::invalid_argument);
  spec = a_spec("yolo11n", 0);
  BOOST_CHECK(variant_of(spec).error().code == ec::invalid_argument);
  spec = a_spec("yolo11n");
  spec.input_height = 100;
  BOOST_CHECK(variant_of(spec).error().code == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_anchor_gets_distances_and_classes) {
  const auto spec = a_spec("yolo11p", 3);
  auto net = a_net(spec);
  const auto out = net.forward(some_pictures(2, spec));
  const auto anchors = make_anchors(spec.input_height, spec.input_width);
  BOOST_TEST(anchors.centres.size(0) == 12 * 8 + 6 * 4 + 3 * 2);
  BOOST_CHECK(out.distances.sizes().vec() == (std::vector<std::int64_t>{2, anchors.centres.size(0), 64}));
  BOOST_CHECK(out.classes.sizes().vec() == (std::vector<std::int64_t>{2, anchors.centres.size(0), 3}));
}

BOOST_AUTO_TEST_CASE(with_masks_every_anchor_also_gets_coefficients) {
  const auto spec = a_spec("yolo11p-seg", 3);
  const auto out = a_net(spec).forward(some_pictures(2, spec));
  BOOST_CHECK(out.coefficients.sizes().vec()
              == (std::vector<std::int64_t>{2, out.classes.size(1), mask_prototypes}));
  BOOST_CHECK(
      out.prototypes.sizes().vec()
      == (std::vector<std::int64_t>{2, mask_prototypes, spec.input_height / 4, spec.input_width / 4}));
}

BOOST_AUTO_TEST_CASE(folded_equals_unfolded) {
  torch::NoGradGuard no_grad;
  for (const char* architecture : {"yolo11p", "yolo11n", "yolo11p-seg"}) {
    const auto spec = a_spec(architecture, 5);
    auto net = a_net(spec);
    for (int i = 0; i < 20; ++i) // moves the running statistics off their initial values
      net.forward(some_pictures(4, spec));
    net.eval();
    const auto before = net.forward(some_pictures(2, spec));
    net.fold();
    const auto after = net.forward(some_pictures(2, spec));
    BOOST_TEST((before.distances - after.distances).abs().max().item<float>() < 1e-4);
    BOOST_TEST((before.classes - after.classes).abs().max().item<float>() < 1e-4);
    if (before.prototypes.defined()) {
      BOOST_TEST((before.coefficients - after.coefficients).abs().max().item<float>() < 1e-4);
      BOOST_TEST((before.prototypes - after.prototypes).abs().max().item<float>() < 1e-4);
    }
  }
}

BOOST_AUTO_TEST_CASE(pooled_features_are_the_means_of_what_the_head_gets) {
  torch::NoGradGuard no_grad;
  for (const auto& [architecture, channels] : {std::pair{"yolo11n", 448}, {"yolo11p", 224}}) {
    const auto spec = a_spec(architecture, 5);
    auto net = a_net(spec);
    net.eval();
    const auto pictures = some_pictures(3, spec);
    torch::Tensor together, alone;
    const auto with = net.forward(pictures, &together);
    BOOST_TEST((together.sizes() == torch::IntArrayRef{3, channels}));
    BOOST_TEST(torch::equal(with.classes, net.forward(pictures).classes));
    net.forward(pictures.slice(0, 1, 2), &alone);
    BOOST_TEST(torch::allclose(together.slice(0, 1, 2), alone, 1e-4, 1e-5));
    BOOST_TEST(!torch::allclose(together.slice(0, 0, 1), alone, 1e-4, 1e-5));
  }
}

BOOST_AUTO_TEST_CASE(the_expected_distance_of_one_certain_bin_is_that_bin) {
  for (int k = 0; k < distance_bins; ++k) {
    auto logits = torch::full({4, distance_bins}, -1e4f);
    logits.index_put_({torch::indexing::Slice(), k}, 1e4f);
    BOOST_TEST((expected_distances(logits.view({1, 4 * distance_bins})) == k).all().item<bool>());
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_weights) {
  const auto a = a_net(a_spec("yolo11p"), 3), b = a_net(a_spec("yolo11p"), 3),
             c = a_net(a_spec("yolo11p"), 4);
  BOOST_TEST(torch::equal(a.parameters()[0], b.parameters()[0]));
  BOOST_TEST(!torch::equal(a.parameters()[0], c.parameters()[0]));
}

BOOST_AUTO_TEST_SUITE_END()
