// SPDX-License-Identifier: Apache-2.0
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

#include "runtime/learn/torch_learner.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/torch_student.hpp"
#include "runtime/learn/yolo11.hpp"
#include "tests/learn/sample_frames.hpp"
#include "tests/learn_parts/learner_suite.hpp"

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Every look at the clock takes 10 ms: a slice is a number of steps, the same on every machine.
struct learner_fixture {
  learner_fixture() { use_threads(1); }

  static std::unique_ptr<learner> make() {
    torch_learner_options options;
    options.spec = tiny_spec();
    options.recipe.batch = 4;
    options.kept_jobs = 2;
    options.clock = [now = duration{}]() mutable { return now += 10ms; };
    auto made = make_torch_learner(std::move(options));
    BOOST_TEST_REQUIRE(made.has_value());
    return std::move(*made);
  }

  static train_order first_order(std::uint32_t group = 1) {
    train_order order;
    order.group = group_id{group};
    order.from_scratch = true;
    order.samples = some_samples("a", 0, 6);
    for (auto& held_out : some_samples("a", 6, 9, sample_role::held_out))
      order.samples.push_back(std::move(held_out));
    order.members = {camera_id{"a"}};
    order.slice = 120ms;
    order.seed = 5;
    return order;
  }

  static train_order next_order(std::uint32_t base, std::uint32_t group = 1) {
    train_order order;
    order.group = group_id{group};
    order.base = base;
    order.members = {camera_id{"a"}};
    order.slice = 120ms;
    order.seed = 6;
    return order;
  }

  std::unique_ptr<learner> device = make();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(torch_learners, learner_fixture)

BOOST_DATA_TEST_CASE(keeps_promise, boost::unit_test::data::make(learner_promises()), promise) {
  promise.check({.make = make,
                 .sample = [](int number) { return a_sample("a", number); },
                 .weights = *make_initial_weights(tiny_spec(), 3),
                 .slice = 120ms});
}

BOOST_AUTO_TEST_CASE(a_slice_trains_and_scores_before_and_after) {
  const auto report = device->train(first_order());
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(report->state == 1u);
  BOOST_TEST(report->images > 0u);
  BOOST_TEST(std::isfinite(report->loss));
  BOOST_TEST_REQUIRE(report->before.size() == 1u);
  BOOST_TEST_REQUIRE(report->after.size() == 1u);
  BOOST_TEST(report->after[0].frames == 3u);
  BOOST_TEST(report->after[0].objects == 6u);
  auto student = *make_torch_student(tiny_spec());
  BOOST_TEST(student->load(report->weights).has_value());
}

BOOST_AUTO_TEST_CASE(the_slice_is_not_exceeded) {
  auto order = first_order();
  auto base = 0u;
  for (auto slice : {120ms, 200ms, 500ms}) {
    order.slice = slice;
    const auto report = device->train(order);
    BOOST_TEST_REQUIRE(report.has_value());
    const auto& spent = report->spent;
    // The first slice cannot know yet how long its end will take.
    if (base > 0)
      BOOST_TEST((spent.training + spent.evaluation + spent.other <= slice));
    order = next_order(++base);
  }
}

BOOST_AUTO_TEST_CASE(states_are_numbered_and_others_are_stale) {
  BOOST_CHECK(device->train(next_order(0)).error().code == ec::stale);
  BOOST_TEST_REQUIRE(device->train(first_order()).has_value());
  BOOST_CHECK(device->train(next_order(0)).error().code == ec::stale);
  BOOST_CHECK(device->train(next_order(2)).error().code == ec::stale);
  const auto second = device->train(next_order(1));
  BOOST_TEST_REQUIRE(second.has_value());
  BOOST_TEST(second->state == 2u);
  BOOST_CHECK(device->train(next_order(1)).error().code == ec::stale);
  device->forget(group_id{1});
  BOOST_CHECK(device->train(next_order(2)).error().code == ec::stale);
}

BOOST_AUTO_TEST_CASE(the_job_served_longest_ago_makes_room) {
  for (std::uint32_t group : {1, 2, 3})
    BOOST_TEST_REQUIRE(device->train(first_order(group)).has_value());
  BOOST_CHECK(device->train(next_order(1, 1)).error().code == ec::stale);
  BOOST_TEST(device->train(next_order(1, 2)).has_value());
  BOOST_TEST(device->train(next_order(1, 3)).has_value());
}

BOOST_AUTO_TEST_CASE(a_job_moves_to_another_device_with_its_checkpoint) {
  const auto first = device->train(first_order());
  BOOST_TEST_REQUIRE(first.has_value());
  auto moved = first_order();
  moved.base = 1;
  moved.checkpoint = first->checkpoint;
  learner_fixture other;
  const auto there = other.device->train(moved);
  BOOST_TEST_REQUIRE(there.has_value());
  BOOST_TEST(there->state == 2u);
  BOOST_TEST(there->before[0].map50 == first->after[0].map50);
}

BOOST_AUTO_TEST_CASE(held_out_pictures_do_not_influence_the_weights) {
  const auto weights_with = [](int first_held_out) {
    learner_fixture f;
    auto order = first_order();
    order.samples = some_samples("a", 0, 6);
    for (auto& held_out : some_samples("a", first_held_out, first_held_out + 3, sample_role::held_out))
      order.samples.push_back(std::move(held_out));
    return f.device->train(order)->weights;
  };
  BOOST_CHECK(weights_with(10) == weights_with(50));
}

BOOST_AUTO_TEST_CASE(cameras_that_are_not_members_do_not_count) {
  auto order = first_order();
  for (auto role : {sample_role::train, sample_role::held_out})
    for (auto& stranger : some_samples("b", 20, 24, role))
      order.samples.push_back(std::move(stranger));
  learner_fixture other;
  const auto mixed = device->train(order), alone = other.device->train(first_order());
  BOOST_TEST_REQUIRE(mixed.has_value());
  BOOST_CHECK(mixed->weights == alone->weights);
  BOOST_CHECK(mixed->after == alone->after);
}

BOOST_AUTO_TEST_CASE(what_training_spoils_little_by_little_is_restored) {
  auto order = first_order();
  for (auto& held_out : some_samples("a", 9, 21, sample_role::held_out))
    order.samples.push_back(std::move(held_out));
  std::vector<train_report> reports;
  const auto train = [&](duration slice) {
    order.slice = slice;
    auto report = device->train(order);
    BOOST_TEST_REQUIRE(report.has_value());
    reports.push_back(std::move(*report));
    order = next_order(reports.back().state);
  };
  while (reports.empty() || (reports.back().after[0].map50 < .9 && reports.size() < 60))
    train(400ms);
  BOOST_TEST_REQUIRE(reports.back().after[0].map50 >= .9);
  const auto good = reports.size();
  // From now on every label is beside its object, and nothing that is right is left to train on.
  order.samples = some_samples("a", 100, 700);
  for (auto& sample : order.samples)
    for (auto& l : sample.labels)
      l.where = {l.where.x1 / 2, l.where.y1 / 2, l.where.x2 / 2, l.where.y2 / 2};
  while (reports.size() < good + 60)
    train(1ms); // one step, which the average of the weights hardly follows
  std::size_t restored = 0;
  for (auto i = good; i < reports.size(); ++i) {
    const auto same = [&](const train_report& earlier) { return earlier.weights == reports[i].weights; };
    const auto before = reports.begin() + static_cast<std::ptrdiff_t>(i) - 1;
    restored += !same(*before) && std::any_of(reports.begin(), before, same);
  }
  BOOST_TEST(restored > 0u);
  BOOST_TEST(reports.back().after[0].map50 > .7);
}

BOOST_AUTO_TEST_CASE(without_training_samples_nothing_changes) {
  auto order = first_order();
  order.samples = some_samples("a", 6, 9, sample_role::held_out);
  order.checkpoint = *make_initial_weights(tiny_spec(), 3);
  const auto report = device->train(order);
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(report->images == 0u);
  BOOST_CHECK(report->weights == order.checkpoint);
}

BOOST_AUTO_TEST_CASE(bad_samples_are_refused_and_the_job_goes_on) {
  BOOST_TEST_REQUIRE(device->train(first_order()).has_value());
  auto order = next_order(1);
  order.samples = some_samples("a", 30, 31);
  order.samples[0].labels[0].class_id = 7;
  BOOST_CHECK(device->train(order).error().code == ec::invalid_argument);
  order.samples = some_samples("a", 30, 31);
  order.samples[0].shot.picture.width = 9999;
  BOOST_CHECK(device->train(order).error().code == ec::invalid_argument);
  BOOST_TEST(device->train(next_order(1)).has_value());
}

BOOST_AUTO_TEST_CASE(any_weights_can_be_scored) {
  eval_order order;
  order.weights = *make_initial_weights(tiny_spec(), 3);
  order.frames = some_samples("a", 0, 3);
  for (auto& f : some_samples("b", 3, 5))
    order.frames.push_back(std::move(f));
  const auto report = device->evaluate(order);
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST_REQUIRE(report->scores.size() == 2u);
  BOOST_TEST(report->scores[1].frames == 2u);
  order.weights = {};
  BOOST_TEST(!device->evaluate(order).has_value());
}

BOOST_AUTO_TEST_CASE(without_a_teacher_labelling_is_unsupported) {
  BOOST_CHECK(device->label({}).error().code == ec::unsupported);
}

BOOST_AUTO_TEST_SUITE_END()
