// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <random>

#include <boost/test/unit_test.hpp>

#include "runtime/policy/drift.hpp"

using namespace ecco;

namespace {

enum class change { none, confidences_halve, detections_vanish };

/// A street scene at five frames a second: two to ten people, their number turning over in one to three
/// minutes; confidence .55 with first-order autoregressive noise (sd .1, memory one to two seconds).
class street {
 public:
  explicit street(std::uint32_t seed)
      : random_{seed}, memory_{std::exp(-.2 / (1 + uniform()))}, period_{60 + 120 * uniform()},
        phase_{2 * std::numbers::pi * uniform()}, noise_{normal()} {}

  drift_observation next(change what) {
    noise_ = memory_ * noise_ + std::sqrt(1 - memory_ * memory_) * normal();
    auto seconds = .2 * frame_++;
    auto people = std::lround(6 + 4 * std::sin(2 * std::numbers::pi * seconds / period_ + phase_));
    drift_observation seen{std::clamp(.55 + .1 * noise_, 0., 1.), 0};
    auto found = what == change::detections_vanish ? .15 : .95;
    for (long i = 0; i < people; ++i)
      seen.count += uniform() < found;
    if (what == change::confidences_halve)
      seen.confidence /= 2;
    if (seen.count == 0)
      seen.confidence = 0;
    return seen;
  }

 private:
  // Not the library's distributions: their streams differ between implementations.
  double uniform() { return (static_cast<double>(random_()) + .5) / 4294967296.; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }

  std::mt19937 random_;
  double memory_, period_, phase_, noise_;
  int frame_ = 0;
};

/// Frames from the change to the alarm; nothing without an alarm. An alarm before the change is negative.
std::optional<int> alarm(std::uint32_t seed, int calm, change what, int after) {
  street scene{seed};
  drift_test test{drift_options{}};
  for (int i = 0; i < calm + after; ++i)
    if (test.add(scene.next(i < calm ? change::none : what)))
      return i - calm;
  return std::nullopt;
}

struct rates {
  int early = 0, within = 0, late = 0;
};

rates detect(change what, int frames) {
  rates r;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    auto at = alarm(1000 + seed, 300 + 200 * static_cast<int>(seed % 5), what, frames);
    ++(at && *at < 0 ? r.early : at ? r.within : r.late);
  }
  return r;
}

drift_test calm_test(double confidence, double count) {
  drift_test test{drift_options{}};
  for (int i = 0; i < 100; ++i)
    BOOST_TEST_REQUIRE(!test.add({confidence, count}));
  return test;
}

} // namespace

BOOST_AUTO_TEST_SUITE(drift)

BOOST_AUTO_TEST_CASE(five_minutes_of_normal_life_alarm_in_less_than_two_of_a_hundred_scenes) {
  int alarms = 0;
  for (std::uint32_t seed = 0; seed < 200; ++seed)
    alarms += alarm(seed, 1500, change::none, 0).has_value();
  BOOST_TEST_MESSAGE("false alarms: " << alarms << " of 200");
  BOOST_TEST(alarms < 4);
}

BOOST_AUTO_TEST_CASE(halved_confidences_alarm_within_ten_seconds) {
  auto r = detect(change::confidences_halve, 50);
  BOOST_TEST_MESSAGE("halved: " << r.within << " within 50 frames, " << r.late << " not, " << r.early
                                << " early");
  BOOST_TEST(r.within > .98 * (r.within + r.late));
  BOOST_TEST(r.early < 4);
}

BOOST_AUTO_TEST_CASE(vanished_detections_alarm_within_ten_seconds) {
  auto r = detect(change::detections_vanish, 50);
  BOOST_TEST_MESSAGE("vanished: " << r.within << " within 50 frames, " << r.late << " not, " << r.early
                                  << " early");
  BOOST_TEST(r.within > .98 * (r.within + r.late));
  BOOST_TEST(r.early < 4);
}

BOOST_AUTO_TEST_CASE(nothing_alarms_during_warm_up) {
  drift_test test{drift_options{}};
  for (int i = 0; i < 30; ++i)
    BOOST_TEST(!test.add({i < 5 ? .9 : .1, i < 5 ? 20. : 0.}));
}

BOOST_AUTO_TEST_CASE(the_alarm_goes_off_once_until_reset) {
  auto test = calm_test(.6, 5);
  int alarms = 0;
  for (int i = 0; i < 500; ++i)
    alarms += test.add({0, 0});
  BOOST_TEST(alarms == 1);
  BOOST_TEST(test.score() == 1);
  test.reset();
  BOOST_TEST(test.score() == 0);
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(!test.add({.3, 2}));
}

BOOST_AUTO_TEST_CASE(improvement_is_not_drift) {
  auto test = calm_test(.4, 2);
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST_REQUIRE(!test.add({.9, 10}));
  BOOST_TEST(test.score() == 0);
}

BOOST_AUTO_TEST_CASE(a_calm_start_is_no_licence_to_alarm) {
  auto test = calm_test(.6, 6);
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST_REQUIRE(!test.add({.5, 5}));
}

BOOST_AUTO_TEST_CASE(a_bus_that_hides_everyone_for_a_second_is_not_drift) {
  auto test = calm_test(.6, 6);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(!test.add({0, 0}));
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(!test.add({.6, 6}));
  BOOST_TEST(test.score() == 0);
}

BOOST_AUTO_TEST_CASE(a_scene_that_is_empty_from_the_start_never_alarms) {
  auto test = calm_test(0, 0);
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST_REQUIRE(!test.add({i % 10 ? 0 : .5, i % 10 ? 0. : 1.}));
}

BOOST_AUTO_TEST_CASE(the_score_rises_towards_the_alarm) {
  auto test = calm_test(.6, 6);
  auto before = test.score();
  while (!test.add({.3, 6})) {
    BOOST_TEST_REQUIRE(test.score() > before);
    before = test.score();
  }
  BOOST_TEST(before < 1);
}

BOOST_AUTO_TEST_CASE(values_that_are_not_finite_are_passed_over) {
  auto test = calm_test(.6, 6);
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(!test.add({std::nan(""), 6}));
    BOOST_TEST(!test.add({.6, -INFINITY}));
  }
  BOOST_TEST(test.score() == 0);
}

BOOST_AUTO_TEST_CASE(detections_nobody_would_be_shown_are_not_observed) {
  box somewhere{0, 0, .5f, .5f};
  std::vector<detection> seen{
      {somewhere, 0, .75f}, {somewhere, 1, .25f}, {somewhere, 0, .24f}, {somewhere, 0, std::nanf("")}};
  auto observed = observe(seen);
  BOOST_TEST(observed.count == 2);
  BOOST_TEST(observed.confidence == .5);
  BOOST_TEST(observe({}).confidence == 0);
}

BOOST_AUTO_TEST_SUITE_END()
