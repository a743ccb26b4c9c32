// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

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
  yolo11_net net{*scale_of(spec), spec.classes};
  net.initialise(seed);
  return net;
}

std::int64_t parameters_of(const yolo11_net& net) {
  std::int64_t n = 0;
  for (const auto& p : net.parameters())
    n += p.numel();
  return n;
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

BOOST_AUTO_TEST_CASE(parameter_counts_are_the_published_ones) {
  BOOST_TEST(parameters_of(a_net(a_spec("yolo11n"))) == 2'624'080);
  // The larger sizes are not offered, but that they come out right checks the scaling rule.
  BOOST_TEST(parameters_of(yolo11_net{{"s", .5, .5, 1024, false}, 80}) == 9'458'752);
  BOOST_TEST(parameters_of(yolo11_net{{"m", .5, 1., 512, true}, 80}) == 20'114'688);
  BOOST_TEST(parameters_of(yolo11_net{{"l", 1., 1., 512, true}, 80}) == 25'372'160);
  BOOST_TEST(parameters_of(yolo11_net{{"x", 1., 1.5, 512, true}, 80}) == 56'966'176);
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
  BOOST_CHECK(scale_of(spec).error().code == ec::invalid_argument);
  spec = a_spec("yolo11n", 0);
  BOOST_CHECK(scale_of(spec).error().code == ec::invalid_argument);
  spec = a_spec("yolo11n");
  spec.input_height = 100;
  BOOST_CHECK(scale_of(spec).error().code == ec::invalid_argument);
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

BOOST_AUTO_TEST_CASE(folded_equals_unfolded) {
  torch::NoGradGuard no_grad;
  for (const char* architecture : {"yolo11p", "yolo11n"}) {
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
