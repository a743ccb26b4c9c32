// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"
#include "runtime/score/average_precision.hpp"
#include "tests/learn/sample_frames.hpp"

using namespace ecco;

namespace {

struct one_thread {
  one_thread() { use_threads(1); }
};

std::unique_ptr<trainer> a_trainer(const training_recipe& recipe = {}, const blob& start = {}) {
  auto made = trainer::make(tiny_spec(), recipe, start, 1);
  BOOST_TEST_REQUIRE(made.has_value());
  return std::move(*made);
}

void run(trainer& t, const std::vector<labelled_frame>& frames, int steps) {
  for (int i = 0; i < steps; ++i)
    BOOST_TEST_REQUIRE(t.step(pointers_to(frames)).has_value());
}

/// The same weights with one tensor changed.
blob with(const blob& weights, const std::string& name,
          const std::function<void(tensor_entry&, bytes&)>& change) {
  auto file = *read_safetensors(weights);
  bytes data;
  for (auto& entry : file.tensors)
    if (entry.name == name) {
      data.assign(entry.data.begin(), entry.data.end());
      change(entry, data);
      entry.data = data;
    }
  return write_safetensors(file.tensors);
}

} // namespace

BOOST_AUTO_TEST_SUITE(trainers, *boost::unit_test::fixture<one_thread>())

BOOST_AUTO_TEST_CASE(one_small_batch_can_be_learned_by_heart) {
  training_recipe recipe;
  recipe.augment = {.flip = 0, .scale = 0, .translate = 0};
  const auto frames = some_samples("a", 0, 4);
  const auto t = a_trainer(recipe);
  const auto first = t->step(pointers_to(frames))->loss;
  run(*t, frames, 150);
  BOOST_TEST(t->step(pointers_to(frames))->loss < first / 2);

  auto detector = torch_detector::make(tiny_spec(), {});
  BOOST_TEST_REQUIRE((*detector)->load(t->weights()).has_value());
  std::vector<const image*> pictures;
  for (const auto& f : frames)
    pictures.push_back(&f.shot.picture);
  const auto seen = *(*detector)->detect(pictures);
  std::vector<frame_detections> records;
  for (std::size_t i = 0; i < frames.size(); ++i)
    records.push_back({seen[i], frames[i].labels, i});
  BOOST_TEST(average_precision(records).map50 > .95);
}

BOOST_AUTO_TEST_CASE(resuming_is_bit_equal_to_not_having_stopped) {
  const auto frames = some_samples("a", 0, 3);
  const auto straight = a_trainer();
  run(*straight, frames, 6);

  const auto first = a_trainer();
  run(*first, frames, 3);
  const auto second = a_trainer({}, first->checkpoint());
  BOOST_TEST(second->steps() == 3u);
  run(*second, frames, 3);
  BOOST_CHECK(straight->checkpoint() == second->checkpoint());
  BOOST_CHECK(straight->weights() == second->weights());

  run(*first, frames, 2);
  BOOST_TEST_REQUIRE(first->restore(straight->checkpoint()).has_value());
  BOOST_CHECK(straight->checkpoint() == first->checkpoint());
}

BOOST_AUTO_TEST_CASE(training_starts_from_the_weights_given) {
  const auto weights = *make_initial_weights(tiny_spec(), 9);
  BOOST_CHECK(a_trainer({}, weights)->weights() == weights);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_leaves_the_state_unharmed) {
  training_recipe recipe;
  recipe.learning_rate = 1;
  recipe.warm_up_steps = 0;
  const auto t = a_trainer(recipe);
  const auto frames = some_samples("a", 0, 2);
  // Weights so large that the loss overflows, yet finite.
  const auto huge = with(t->checkpoint(), "values", [](tensor_entry&, bytes& data) {
    auto* values = reinterpret_cast<float*>(data.data());
    std::fill_n(values, data.size() / sizeof(float), 3e37F);
  });
  auto file = *read_safetensors(huge);
  const auto metadata = read_safetensors(t->checkpoint())->metadata;
  BOOST_TEST_REQUIRE(t->restore(write_safetensors(file.tensors, metadata)).has_value());
  const auto before = t->checkpoint();
  const auto report = t->step(pointers_to(frames));
  BOOST_TEST_REQUIRE(!report.has_value());
  BOOST_CHECK(report.error().code == ec::not_finite);
  BOOST_CHECK(t->checkpoint() == before);
}

BOOST_AUTO_TEST_CASE(weights_of_another_shape_are_refused_by_name) {
  auto spec = tiny_spec();
  spec.classes = 3;
  const auto t = trainer::make(tiny_spec(), {}, *make_initial_weights(spec, 1), 1);
  BOOST_TEST_REQUIRE(!t.has_value());
  BOOST_CHECK(t.error().code == ec::shape_mismatch);
  BOOST_TEST(t.error().what.find("model.23.cv3.0.2.") != std::string::npos, t.error().what);

  spec = tiny_spec();
  spec.architecture = "yolo11n";
  const auto n = trainer::make(tiny_spec(), {}, *make_initial_weights(spec, 1), 1);
  BOOST_TEST_REQUIRE(!n.has_value());
  BOOST_CHECK(n.error().code == ec::shape_mismatch);
}

BOOST_AUTO_TEST_CASE(missing_tensors_are_named) {
  auto file = *read_safetensors(*make_initial_weights(tiny_spec(), 1));
  std::erase_if(file.tensors, [](const auto& e) { return e.name == "model.5.bn.weight"; });
  const auto t = trainer::make(tiny_spec(), {}, write_safetensors(file.tensors), 1);
  BOOST_TEST_REQUIRE(!t.has_value());
  BOOST_CHECK(t.error().code == ec::shape_mismatch);
  BOOST_TEST(t.error().what.find("model.5.bn.weight") != std::string::npos, t.error().what);
}

BOOST_AUTO_TEST_CASE(weights_that_are_not_finite_are_refused_by_name) {
  const auto bad =
      with(*make_initial_weights(tiny_spec(), 1), "model.3.conv.weight", [](tensor_entry&, bytes& data) {
        reinterpret_cast<float*>(data.data())[5] = std::numeric_limits<float>::quiet_NaN();
      });
  const auto t = trainer::make(tiny_spec(), {}, bad, 1);
  BOOST_TEST_REQUIRE(!t.has_value());
  BOOST_CHECK(t.error().code == ec::not_finite);
  BOOST_TEST(t.error().what.find("model.3.conv.weight") != std::string::npos, t.error().what);

  auto detector = torch_detector::make(tiny_spec(), {});
  const auto good = *make_initial_weights(tiny_spec(), 2);
  BOOST_TEST_REQUIRE((*detector)->load(good).has_value());
  BOOST_CHECK((*detector)->load(bad).error().code == ec::not_finite);
  const auto sample = a_sample("a", 1);
  const image* const pictures[] = {&sample.shot.picture};
  BOOST_TEST((*detector)->detect(pictures).has_value());
}

BOOST_AUTO_TEST_CASE(weights_from_python_come_with_counters_and_in_half_precision) {
  const auto weights = *make_initial_weights(tiny_spec(), 1);
  auto file = *read_safetensors(weights);
  const bytes zeros(8), ones(2 * 8);
  file.tensors.push_back({"model.0.bn.num_batches_tracked", scalar_type::i64, {}, zeros});
  for (auto& entry : file.tensors)
    if (entry.name == "model.0.bn.bias")
      entry.type = scalar_type::f16,
      entry.data = std::span{ones}.first(2 * static_cast<std::size_t>(entry.shape[0]));
  BOOST_TEST(trainer::make(tiny_spec(), {}, write_safetensors(file.tensors), 1).has_value());
}

BOOST_AUTO_TEST_CASE(recipes_out_of_range_name_their_field) {
  training_recipe recipe;
  recipe.average_decay = 1.5;
  const auto checked = validate(recipe);
  BOOST_TEST_REQUIRE(!checked.has_value());
  BOOST_TEST(checked.error().what.find("average_decay") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_weights_are_refused) {
  for (const bytes& data : {bytes{1, 2, 3}, bytes(64, 0xff)}) {
    const auto t = trainer::make(tiny_spec(), {}, blob{data}, 1);
    BOOST_TEST_REQUIRE(!t.has_value());
    BOOST_CHECK(t.error().code == ec::malformed_data);
  }
}

BOOST_AUTO_TEST_SUITE_END()
