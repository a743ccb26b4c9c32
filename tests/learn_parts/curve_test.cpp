// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/curve.hpp"

#include <cmath>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "runtime/learn/safetensors.hpp"
#include "tests/learn_parts/learner_suite.hpp"

using namespace ecco;

namespace {

constexpr curve_options options{.capacity_images_per_second = 40, .ceiling = .8, .scale = 400};

labelled_frame sample_of(std::uint8_t condition, const std::string& camera = "a",
                         sample_role role = sample_role::train) {
  labelled_frame out;
  out.shot.camera = camera_id{camera};
  out.shot.role = role;
  out.shot.picture = curve_picture(condition);
  out.labels = {{{.25F, .25F, .75F, .75F}, 0, false}};
  return out;
}

learner_subject curve_subject() {
  return {.make = [] { return make_curve_learner(options); },
          .sample = [](int number) { return sample_of(static_cast<std::uint8_t>(number % 3)); },
          .weights = curve_weights({{0, 50}}),
          .slice = std::chrono::seconds{2}};
}

train_order order_of(std::vector<labelled_frame> samples, duration slice,
                     const std::vector<std::string>& members) {
  train_order out;
  out.group = group_id{1};
  out.from_scratch = true;
  out.samples = std::move(samples);
  for (const auto& name : members)
    out.members.push_back(camera_id{name});
  out.slice = slice;
  return out;
}

/// What the student says after it got these weights.
float seen_under(std::uint8_t condition, const blob& weights) {
  auto student = make_curve_student(options);
  BOOST_TEST_REQUIRE(student->load(weights).has_value());
  auto seen = student->infer(curve_picture(condition));
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST_REQUIRE(seen->size() == 1u);
  return seen->at(0).score;
}

float expected(double images) {
  return static_cast<float>(.8 * (1 - std::exp(-images / 400)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(learning_curve)

BOOST_DATA_TEST_CASE(keeps_the_promise_of_learners, boost::unit_test::data::make(learner_promises()),
                     promise) {
  promise.check(curve_subject());
}

BOOST_AUTO_TEST_CASE(a_student_sees_as_well_as_it_was_trained) {
  auto weights = curve_weights({{3, 400}, {200, 100}});
  BOOST_TEST(seen_under(3, weights) == expected(400));
  BOOST_TEST(seen_under(200, weights) == expected(100));
  BOOST_TEST(seen_under(4, weights) == 0.F);
}

BOOST_AUTO_TEST_CASE(the_features_of_a_picture_name_its_condition) {
  const auto eye = make_curve_student(options);
  BOOST_TEST(eye->features().empty());
  BOOST_TEST_REQUIRE(eye->infer(curve_picture(3)).has_value());
  std::vector<float> third(curve_features, 0.F);
  third[3] = 1;
  BOOST_TEST(eye->features() == third, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_student_without_weights_sees_nothing_with_certainty) {
  auto seen = make_curve_student()->infer(curve_picture(1));
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->at(0).score == 0.F);
}

BOOST_AUTO_TEST_CASE(a_student_keeps_its_weights_when_new_ones_are_bad) {
  auto student = make_curve_student(options);
  BOOST_TEST_REQUIRE(student->load(curve_weights({{1, 400}})).has_value());
  const bytes four(4);
  const tensor_entry other{"model.0.conv.weight", scalar_type::f32, {1}, four};
  for (const auto& bad : {blob{}, write_safetensors(std::span{&other, 1}), curve_weights({{1, -5}}),
                          curve_weights({{1, std::nan("")}})})
    BOOST_TEST(!student->load(bad).has_value());
  BOOST_TEST(student->infer(curve_picture(1))->at(0).score == expected(400));
}

BOOST_AUTO_TEST_CASE(a_slice_is_worth_its_capacity) {
  auto report = make_curve_learner(options)->train(order_of({sample_of(9)}, std::chrono::seconds{5}, {"a"}));
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(report->images == 200u);
  BOOST_TEST(seen_under(9, report->weights) == expected(200));
  BOOST_TEST(
      (report->spent.training + report->spent.evaluation + report->spent.other == std::chrono::seconds{5}));
}

BOOST_AUTO_TEST_CASE(it_says_how_many_pixels_it_trained_on) {
  auto report = make_curve_learner(options)->train(order_of({sample_of(1)}, std::chrono::seconds{5}, {"a"}));
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(report->images > 0u);
  BOOST_TEST(report->pixels == report->images * 16u * 16u);
}

BOOST_AUTO_TEST_CASE(members_share_equally_and_their_conditions_by_their_samples) {
  std::vector<labelled_frame> samples{sample_of(1, "a"), sample_of(1, "a"), sample_of(1, "a"),
                                      sample_of(2, "a"), sample_of(3, "b")};
  auto report = make_curve_learner(options)->train(
      order_of(samples, std::chrono::seconds{10}, {"a", "b", "without_samples"}));
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(seen_under(1, report->weights) == expected(150));
  BOOST_TEST(seen_under(2, report->weights) == expected(50));
  BOOST_TEST(seen_under(3, report->weights) == expected(200));
}

BOOST_AUTO_TEST_CASE(many_short_slices_are_worth_one_long_one) {
  auto learner = make_curve_learner(options);
  auto order = order_of({sample_of(1)}, std::chrono::milliseconds{10}, {"a"});
  blob weights;
  for (; order.base < 100; ++order.base) {
    auto report = learner->train(order);
    BOOST_TEST_REQUIRE(report.has_value());
    weights = report->weights;
    order.samples.clear();
    order.from_scratch = false;
  }
  BOOST_TEST(std::abs(seen_under(1, weights) - expected(40)) < 1e-6F);
}

BOOST_AUTO_TEST_CASE(what_is_not_trained_may_be_forgotten) {
  auto forgetful = options;
  forgetful.forgetting = .5;
  auto order = order_of({sample_of(1)}, std::chrono::seconds{5}, {"a"});
  order.checkpoint = curve_weights({{1, 10}, {2, 300}, {3, 40}});
  auto report = make_curve_learner(forgetful)->train(order);
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(seen_under(1, report->weights) == expected(210));
  BOOST_TEST(seen_under(2, report->weights) == expected(200));
  BOOST_TEST(seen_under(3, report->weights) == expected(0));
}

BOOST_AUTO_TEST_CASE(scores_follow_the_curve) {
  auto order =
      order_of({sample_of(1), sample_of(1, "a", sample_role::held_out)}, std::chrono::seconds{5}, {"a"});
  order.checkpoint = curve_weights({{1, 100}});
  auto report = make_curve_learner(options)->train(order);
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST_REQUIRE(report->before.size() == 1u);
  BOOST_TEST(static_cast<float>(report->before[0].map50) == expected(100));
  BOOST_TEST(static_cast<float>(report->after[0].map50) == expected(300));
  BOOST_TEST(report->after[0].map == report->after[0].map50);
  BOOST_TEST(static_cast<float>(report->loss) == 1 - expected(100));
}

BOOST_AUTO_TEST_CASE(a_repeated_order_gives_the_same_answer) {
  auto order = order_of({sample_of(1), sample_of(2, "b"), sample_of(1, "a", sample_role::held_out)},
                        std::chrono::seconds{3}, {"a", "b"});
  auto learner = make_curve_learner(options);
  auto one = learner->train(order), two = learner->train(order);
  BOOST_TEST_REQUIRE(one.has_value());
  BOOST_TEST_REQUIRE(two.has_value());
  BOOST_TEST((*one == *two));
}

BOOST_AUTO_TEST_CASE(every_frame_gets_the_fixed_label_and_takes_its_time) {
  auto labelled = make_curve_learner(options)->label({{sample_of(1).shot, sample_of(2).shot}});
  BOOST_TEST_REQUIRE(labelled.has_value());
  BOOST_TEST_REQUIRE(labelled->frames.size() == 2u);
  BOOST_TEST((labelled->frames[1] == sample_of(2).labels));
  BOOST_TEST((labelled->busy == std::chrono::milliseconds{50}));
}

BOOST_AUTO_TEST_CASE(a_picture_without_pixels_is_refused) {
  auto broken = sample_of(1);
  broken.shot.picture = {};
  auto learner = make_curve_learner(options);
  BOOST_TEST(!learner->train(order_of({broken}, std::chrono::seconds{1}, {"a"})).has_value());
  BOOST_TEST(!learner->evaluate({curve_weights({}), {broken}}).has_value());
  BOOST_TEST(!make_curve_student()->infer({}).has_value());
}

BOOST_AUTO_TEST_CASE(devices_that_train_together_learn_as_much_as_they_do_apart) {
  auto leads = make_curve_learner(options), follows = make_curve_learner(options);
  auto order = order_of({sample_of(1)}, std::chrono::seconds{2}, {"a"});
  order.together = {7, 0, 2};
  const auto led = leads->train(order);
  order.together.rank = 1;
  const auto followed = follows->train(order);
  BOOST_TEST_REQUIRE(led.has_value());
  BOOST_TEST_REQUIRE(followed.has_value());
  BOOST_TEST(led->images == 160u);
  BOOST_TEST(seen_under(1, led->weights) == expected(160));
  BOOST_TEST(followed->weights.empty());
  BOOST_TEST(followed->state == 1u);
  BOOST_TEST((followed->spent.training == std::chrono::seconds{2}));
  auto next = order_of({}, std::chrono::seconds{2}, {"a"});
  next.from_scratch = false;
  next.base = 1;
  BOOST_TEST((follows->train(next).error().code == ec::stale)); // it has no model to lead with
  next.together = {7, 1, 2};
  BOOST_TEST(follows->train(next).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
