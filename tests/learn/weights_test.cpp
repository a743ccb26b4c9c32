// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"
#include "tests/learn/sample_frames.hpp"

using namespace ecco;

namespace {

struct one_thread {
  one_thread() { use_threads(1); }
};

student_spec a_spec(std::string architecture, std::uint16_t classes = 2) {
  return {.architecture = std::move(architecture), .classes = classes, .input_width = 96, .input_height = 64};
}

blob fresh(const student_spec& spec, std::uint64_t seed = 1) {
  auto made = make_initial_weights(spec, seed);
  BOOST_TEST_REQUIRE(made.has_value());
  return *made;
}

std::vector<float> values_of(const blob& weights, const std::string& name) {
  const auto file = *read_safetensors(weights);
  for (const auto& entry : file.tensors)
    if (entry.name == name) {
      std::vector<float> values(entry.data.size() / sizeof(float));
      std::memcpy(values.data(), entry.data.data(), entry.data.size());
      return values;
    }
  BOOST_FAIL(name + " is not there");
  return {};
}

/// The same tensors, each with other bytes.
blob rewritten(const blob& weights, const std::function<bytes(tensor_entry&)>& change) {
  auto file = *read_safetensors(weights);
  std::vector<bytes> kept;
  for (auto& entry : file.tensors)
    kept.push_back(change(entry));
  for (std::size_t i = 0; i < kept.size(); ++i)
    file.tensors[i].data = kept[i];
  return write_safetensors(file.tensors, file.metadata);
}

blob with_value(const blob& weights, const std::string& name, float value) {
  return rewritten(weights, [&](tensor_entry& entry) {
    bytes data{entry.data.begin(), entry.data.end()};
    if (entry.name == name)
      std::memcpy(data.data(), &value, sizeof value);
    return data;
  });
}

std::set<std::string> names_of(const blob& weights) {
  std::set<std::string> names;
  const auto file = *read_safetensors(weights);
  for (const auto& entry : file.tensors)
    names.insert(entry.name);
  return names;
}

bool says(const error& failure, const std::string& part) {
  return failure.what.find(part) != std::string::npos || failure.hint.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(weights, *boost::unit_test::fixture<one_thread>())

BOOST_AUTO_TEST_CASE(every_architecture_is_recognised_by_its_tensors) {
  for (const auto* name :
       {"yolo11p", "yolo11n", "yolo11s", "yolo11m", "yolo11l", "yolo11x", "yolo11p-seg", "yolo11l-seg"}) {
    const auto facts = recognise(fresh(a_spec(name, 7)));
    BOOST_TEST_REQUIRE(facts.has_value(), name);
    BOOST_TEST(facts->student.architecture == name);
    BOOST_TEST(facts->student.classes == 7u);
    BOOST_TEST(!facts->is_checkpoint);
    BOOST_CHECK(facts->types == std::set{scalar_type::f32});
  }
}

BOOST_AUTO_TEST_CASE(a_checkpoint_is_recognised_and_gives_its_averaged_weights) {
  auto run = *trainer::make(tiny_spec(), {}, {}, 1);
  const auto frames = some_samples("a", 0, 2);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST_REQUIRE(run->step(pointers_to(frames)).has_value());
  const auto facts = recognise(run->checkpoint());
  BOOST_TEST_REQUIRE(facts.has_value());
  BOOST_TEST(facts->is_checkpoint);
  BOOST_TEST(facts->student.architecture == "yolo11p");
  BOOST_TEST(facts->student.classes == 2u);
  BOOST_TEST(facts->metadata.at("steps") == "3");
  BOOST_CHECK(deployable(run->checkpoint(), scalar_type::f32).value() == run->weights());
}

BOOST_AUTO_TEST_CASE(what_is_not_yolo11_is_refused) {
  const bytes zeros(4);
  const tensor_entry other{"conv1.weight", scalar_type::f32, {1}, zeros};
  const auto stranger = recognise(write_safetensors(std::span{&other, 1}));
  BOOST_TEST_REQUIRE(!stranger.has_value());
  BOOST_CHECK(stranger.error().code == ec::shape_mismatch);
  BOOST_TEST(says(stranger.error(), "model.0.conv.weight"));
  BOOST_CHECK(recognise(blob{bytes{1, 2, 3}}).error().code == ec::malformed_data);
  const auto liar =
      recognise(write_safetensors(std::span{&other, 1}, {{"format", checkpoint_format}, {"classes", "2"}}));
  BOOST_CHECK(liar.error().code == ec::malformed_data);
  const auto old = recognise(write_safetensors(std::span{&other, 1}, {{"format", "ecco-checkpoint-0"}}));
  BOOST_CHECK(old.error().code == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(half_precision_there_and_back_is_as_near_as_it_can_be) {
  const auto whole = fresh(tiny_spec());
  const auto half = deployable(whole, scalar_type::f16);
  BOOST_TEST_REQUIRE(half.has_value());
  BOOST_CHECK(recognise(*half)->types == std::set{scalar_type::f16});
  const auto data_size = [](const blob& weights) {
    std::size_t size = 0;
    const auto file = *read_safetensors(weights);
    for (const auto& entry : file.tensors)
      size += entry.data.size();
    return size;
  };
  BOOST_TEST(data_size(*half) * 2 == data_size(whole));
  const auto back = deployable(*half, scalar_type::f32);
  BOOST_TEST_REQUIRE(back.has_value());
  BOOST_CHECK(names_of(*back) == names_of(whole));
  const auto before = values_of(whole, "model.3.conv.weight"),
             after = values_of(*back, "model.3.conv.weight");
  bool near = true, same = true;
  for (std::size_t i = 0; i < before.size(); ++i) {
    near &=
        std::abs(after[i] - before[i]) <= std::abs(before[i]) / 2048 + 3e-8F; // 11 bits; the least is 6e-8
    same &= after[i] == before[i];
  }
  BOOST_TEST(near);
  BOOST_TEST(!same);
  BOOST_CHECK(deployable(*back, scalar_type::f16).value() == *half);
}

BOOST_AUTO_TEST_CASE(metadata_stay_and_the_counters_of_python_go) {
  auto file = *read_safetensors(fresh(tiny_spec()));
  const bytes zeros(8);
  file.tensors.push_back({"model.0.bn.num_batches_tracked", scalar_type::i64, {}, zeros});
  const auto made =
      deployable(write_safetensors(file.tensors, {{"classes", "bright,dark"}}), scalar_type::f32);
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(read_safetensors(*made)->metadata.at("classes") == "bright,dark");
  BOOST_TEST(!names_of(*made).contains("model.0.bn.num_batches_tracked"));
}

BOOST_AUTO_TEST_CASE(a_value_that_half_precision_cannot_hold_is_named) {
  const auto large = with_value(fresh(tiny_spec()), "model.3.bn.running_var", 1e6F);
  BOOST_TEST(deployable(large, scalar_type::f32).has_value());
  const auto half = deployable(large, scalar_type::f16);
  BOOST_TEST_REQUIRE(!half.has_value());
  BOOST_CHECK(half.error().code == ec::not_finite);
  BOOST_TEST(says(half.error(), "model.3.bn.running_var"));
  BOOST_TEST(says(half.error(), "F16"));
}

BOOST_AUTO_TEST_CASE(weights_in_bfloat16_are_loaded_to_the_bit) {
  const auto whole = fresh(tiny_spec());
  // A bfloat16 is the upper half of a float.
  const auto upper = rewritten(whole, [](tensor_entry& entry) {
    bytes data;
    for (std::size_t i = 0; i < entry.data.size(); i += 4)
      data.insert(data.end(), {entry.data[i + 2], entry.data[i + 3]});
    entry.type = scalar_type::bf16;
    return data;
  });
  const auto back = deployable(upper, scalar_type::f32);
  BOOST_TEST_REQUIRE(back.has_value());
  const auto expected = rewritten(whole, [](tensor_entry& entry) {
    bytes data{entry.data.begin(), entry.data.end()};
    for (std::size_t i = 0; i < data.size(); i += 4)
      data[i] = data[i + 1] = 0;
    return data;
  });
  BOOST_CHECK(*back == expected);
  BOOST_TEST((*torch_detector::make(tiny_spec(), {}))->load(upper).has_value());
  BOOST_TEST(trainer::make(tiny_spec(), {}, upper, 1).has_value());
}

// -- another number of classes -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(another_number_of_classes_is_refused_with_both_numbers_and_the_way_out) {
  const auto theirs = fresh(a_spec("yolo11p", 80));
  for (auto how : {other_classes::refuse, other_classes::reinitialise}) {
    const auto adopted = adopt_weights(a_spec("yolo11p", 3), theirs, how, 1);
    BOOST_TEST(adopted.has_value() == (how == other_classes::reinitialise));
    if (adopted)
      continue;
    BOOST_CHECK(adopted.error().code == ec::shape_mismatch);
    BOOST_TEST(says(adopted.error(), "for 80 classes, not 3"));
    BOOST_TEST(says(adopted.error(), "student.other_classes"));
    BOOST_TEST(says(adopted.error(), "reinitialise"));
  }
}

BOOST_AUTO_TEST_CASE(only_the_last_convolutions_of_the_class_branch_begin_anew) {
  // In yolo11s the class branch is 128 wide whatever the classes are.
  const auto spec = a_spec("yolo11s", 3);
  const auto theirs = fresh(a_spec("yolo11s", 80), 1), drawn = fresh(spec, 5);
  const auto adopted = adopt_weights(spec, theirs, other_classes::reinitialise, 5);
  BOOST_TEST_REQUIRE(adopted.has_value());
  BOOST_CHECK(names_of(*adopted) == names_of(theirs));
  for (const auto& name : names_of(*adopted)) {
    const bool anew = name.starts_with("model.23.cv3.") && name.substr(14).starts_with(".2.");
    const auto values = values_of(*adopted, name);
    BOOST_TEST((values == values_of(anew ? drawn : theirs, name)), name);
  }
}

BOOST_AUTO_TEST_CASE(where_the_class_branch_has_another_width_only_what_fits_is_kept) {
  // In yolo11n it is 80 wide for 80 classes, and 64 for few.
  const auto spec = a_spec("yolo11n", 1);
  const auto theirs = fresh(a_spec("yolo11n", 80), 1);
  const auto adopted = adopt_weights(spec, theirs, other_classes::reinitialise, 5);
  BOOST_TEST_REQUIRE(adopted.has_value());
  std::set<std::string> anew;
  for (const auto& name : names_of(*adopted))
    if (values_of(*adopted, name) != values_of(theirs, name))
      anew.insert(name.substr(0, name.find('.', 17)));
  // Of the first block, the depthwise convolution is as wide as its input.
  BOOST_CHECK(
      anew
      == (std::set<std::string>{"model.23.cv3.0.0.1", "model.23.cv3.0.1.0", "model.23.cv3.0.1.1",
                                "model.23.cv3.0.2.bias", "model.23.cv3.0.2.weight", "model.23.cv3.1.0.1",
                                "model.23.cv3.1.1.0", "model.23.cv3.1.1.1", "model.23.cv3.1.2.bias",
                                "model.23.cv3.1.2.weight", "model.23.cv3.2.0.1", "model.23.cv3.2.1.0",
                                "model.23.cv3.2.1.1", "model.23.cv3.2.2.bias", "model.23.cv3.2.2.weight"}));
}

BOOST_AUTO_TEST_CASE(weights_that_fit_are_taken_as_they_are) {
  const auto theirs = fresh(tiny_spec());
  BOOST_CHECK(adopt_weights(tiny_spec(), theirs, other_classes::reinitialise, 5).value() == theirs);
}

BOOST_AUTO_TEST_CASE(beginning_anew_is_no_way_around_other_faults) {
  const auto refusal = [](const blob& theirs) {
    return adopt_weights(tiny_spec(), theirs, other_classes::reinitialise, 1).error();
  };
  BOOST_CHECK(refusal(fresh(a_spec("yolo11n", 2))).code == ec::shape_mismatch);
  BOOST_TEST(!says(refusal(fresh(a_spec("yolo11n", 80))), "classes, not"));
  const auto other = fresh(a_spec("yolo11p", 80));
  const auto bad = with_value(other, "model.3.conv.weight", std::numeric_limits<float>::quiet_NaN());
  BOOST_CHECK(refusal(bad).code == ec::not_finite);
  auto file = *read_safetensors(other);
  std::erase_if(file.tensors, [](const auto& e) { return e.name == "model.23.cv3.0.2.bias"; });
  BOOST_TEST(says(refusal(write_safetensors(file.tensors)), "model.23.cv3.0.2.bias is missing"));
}

// -- bad weights -------------------------------------------------------------------------------------------

namespace {

/// What detector, trainer and converter say, which must be the same.
error refusal_by_all(const blob& bad) {
  const auto detector = (*torch_detector::make(tiny_spec(), {}))->load(bad);
  const auto training = trainer::make(tiny_spec(), {}, bad, 1);
  const auto converted = convert_weights(tiny_spec(), bad, scalar_type::f32);
  BOOST_TEST_REQUIRE(!detector.has_value());
  BOOST_TEST_REQUIRE(!training.has_value());
  BOOST_TEST_REQUIRE(!converted.has_value());
  BOOST_CHECK(training.error() == detector.error());
  BOOST_CHECK(converted.error() == detector.error());
  return detector.error();
}

} // namespace

BOOST_AUTO_TEST_CASE(truncated_weights_are_refused_wherever_they_end) {
  const auto whole = fresh(tiny_spec());
  for (const std::size_t kept :
       {std::size_t{0}, std::size_t{7}, std::size_t{100}, whole.size() / 2, whole.size() - 1}) {
    const auto view = whole.view().first(kept);
    // No bytes at all stand for "from scratch" to a trainer.
    const auto failure = kept == 0 ? convert_weights(tiny_spec(), {}, scalar_type::f32).error()
                                   : refusal_by_all(blob{bytes(view.begin(), view.end())});
    BOOST_CHECK(failure.code == ec::malformed_data);
    BOOST_TEST(says(failure, "safetensors: "), failure.what);
  }
}

BOOST_AUTO_TEST_CASE(weights_of_another_variant_are_refused_by_tensor_and_shapes) {
  const auto failure = refusal_by_all(fresh(a_spec("yolo11n")));
  BOOST_CHECK(failure.code == ec::shape_mismatch);
  BOOST_TEST(says(failure, "model.0.bn.bias is [16], not [8]"), failure.what);
  BOOST_CHECK(refusal_by_all(fresh(a_spec("yolo11p-seg"))).code == ec::shape_mismatch);
}

BOOST_AUTO_TEST_CASE(weights_with_a_value_that_is_not_finite_are_refused_by_name) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const auto failure = refusal_by_all(with_value(fresh(tiny_spec()), "model.3.conv.weight", bad));
    BOOST_CHECK(failure.code == ec::not_finite);
    BOOST_TEST(says(failure, "model.3.conv.weight"));
  }
  const auto failure = refusal_by_all(with_value(fresh(tiny_spec()), "model.3.bn.running_var", -1));
  BOOST_CHECK(failure.code == ec::not_finite);
  BOOST_TEST(says(failure, "negative variance"));
}

BOOST_AUTO_TEST_CASE(a_huge_header_is_refused_before_it_is_read) {
  bytes file(std::size_t{6} << 20, ' ');
  std::fill_n(file.begin(), 8, std::uint8_t{0});
  file[2] = 0x50; // 5 MiB
  file[8] = '{';
  const auto failure = refusal_by_all(blob{std::move(file)});
  BOOST_CHECK(failure.code == ec::malformed_data);
  BOOST_TEST(says(failure, "the header claims 5242880 bytes"), failure.what);
}

BOOST_AUTO_TEST_SUITE_END()
