// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/ams_rate.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Objects of class 0 in a row, each a tenth wide; `shift` in tenths.
std::vector<label> row(int count, float shift = 0, std::uint16_t class_id = 0) {
  std::vector<label> out;
  for (int i = 0; i < count; ++i) {
    const auto x = (static_cast<float>(i) + shift) / 10;
    out.push_back({{x, .2F, x + .1F, .4F}, class_id, false});
  }
  return out;
}

/// Lets frames come at the present rate for so long; every second one is `other`.
void watch(ams_rate& rate, duration from, duration length, const std::vector<label>& one,
           const std::vector<label>& other) {
  bool turn = false;
  for (duration now = from; now < from + length; now += from_seconds(1 / rate.fps())) {
    rate.add(now, (turn = !turn) ? one : other);
    rate.update(now);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(ams)

BOOST_AUTO_TEST_CASE(agreement_is_the_f1_of_boxes) {
  const struct {
    std::vector<label> a, b;
    double agreed;
  } table[] = {
      {{}, {}, 1},
      {row(3), {}, 0},
      {{}, row(3), 0},
      {row(3), row(3), 1},
      {row(4), row(2), 2 * 2. / 6}, // 2 of 2 found, 2 of 4 of the other
      {row(3), row(3, .3F), 1},     // overlap .7 / 1.3
      {row(3), row(3, .4F), 0},     // .6 / 1.4 is less than half
      {row(3), row(3, 0, 1), 0},    // of another class
      {row(1), row(1, .25F), 1},
  };
  for (const auto& [a, b, agreed] : table) {
    BOOST_TEST(agreement(a, b) == agreed, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(agreement(b, a) == agreed, boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(each_box_is_matched_once_and_by_the_nearest) {
  // Both lie over the one box; only one can be it.
  std::vector<label> twice{row(1)[0], row(1, .2F)[0]};
  BOOST_TEST(agreement(twice, row(1)) == 2. / 3, boost::test_tools::tolerance(1e-9));
  // Taken greedily in the order of the lists, the first of `a` would steal the only match of the second.
  const std::vector<label> a{row(1, .2F)[0], row(1, -.1F)[0]}, b{row(1)[0], row(1, .5F)[0]};
  BOOST_TEST(agreement(a, b) == 1, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(doubtful_labels_do_not_count) {
  auto doubtful = row(3);
  for (auto& one : doubtful)
    one.ignore = true;
  BOOST_TEST(agreement(doubtful, {}) == 1);
  BOOST_TEST(agreement(doubtful, row(3)) == 0);
}

BOOST_AUTO_TEST_CASE(a_still_scene_is_sampled_less_by_at_most_a_step_at_a_time) {
  ams_rate rate;
  BOOST_TEST(rate.fps() == 5);
  watch(rate, 0s, 11s, row(3), row(3));
  BOOST_TEST(rate.fps() == 4.8, boost::test_tools::tolerance(1e-6));
  watch(rate, 11s, 600s, row(3), row(3));
  BOOST_TEST(rate.fps() == .1);
}

BOOST_AUTO_TEST_CASE(a_changing_scene_is_sampled_more_up_to_the_most) {
  ams_options options;
  options.start_fps = 1;
  ams_rate rate{options};
  watch(rate, 0s, 600s, row(3), row(3, 5));
  BOOST_TEST(rate.fps() == 5);
}

BOOST_AUTO_TEST_CASE(at_the_target_the_rate_stays) {
  ams_options options;
  options.start_fps = 2;
  ams_rate rate{options};
  // 3 of 5 agree with 3 of 5: F1 = .6.
  auto one = row(5), other = row(3);
  for (const auto& far : row(2, 8))
    other.push_back(far);
  BOOST_TEST(agreement(one, other) == .6, boost::test_tools::tolerance(1e-9));
  watch(rate, 0s, 100s, one, other);
  BOOST_TEST(rate.fps() == 2, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(only_frames_that_follow_each_other_are_pairs) {
  ams_rate rate;
  rate.add(0s, row(3));
  rate.add(5s, row(3)); // the training part of the next cycle
  rate.add(0s, row(3)); // the file starts over
  rate.add(0s, row(3)); // and repeats a frame
  rate.update(0s);
  BOOST_TEST(!rate.update(1h));
  rate.add(200ms, row(3));
  BOOST_TEST(rate.update(1h));
}

BOOST_AUTO_TEST_CASE(nothing_is_corrected_before_the_interval_is_over) {
  ams_rate rate;
  rate.update(0s);
  rate.add(0s, row(3));
  rate.add(200ms, row(3));
  BOOST_TEST(!rate.update(9999ms));
  BOOST_TEST(rate.update(10s));
}

BOOST_AUTO_TEST_CASE(a_rate_that_stays_low_hibernates_and_a_moving_scene_wakes_it) {
  ams_options options;
  options.start_fps = .2;
  ams_rate rate{options};
  BOOST_TEST(!rate.hibernating());
  watch(rate, 0s, 400s, row(3), row(3));
  BOOST_TEST(rate.hibernating());
  watch(rate, 400s, 2000s, row(3), row(3));
  BOOST_TEST((rate.interval() == 60s)); // and no longer
  watch(rate, 2400s, 1000s, row(3), row(3, 5));
  BOOST_TEST(!rate.hibernating());
  BOOST_TEST((rate.interval() == 10s));
}

RC_BOOST_PROP(the_rate_stays_within_its_bounds_and_moves_by_a_step_at_most, (std::vector<std::uint8_t> scenes)) {
  ams_rate rate;
  duration now{};
  for (const auto scene : scenes) {
    const auto before = rate.fps();
    rate.add(now, row(scene % 4, static_cast<float>(scene / 4 % 3)));
    rate.update(now);
    RC_ASSERT(rate.fps() >= .1 && rate.fps() <= 5);
    RC_ASSERT(std::abs(rate.fps() - before) <= .2 + 1e-12);
    RC_ASSERT(rate.interval() >= 10s && rate.interval() <= 60s);
    now += std::chrono::milliseconds{100 * (scene + 1)};
  }
}

BOOST_AUTO_TEST_SUITE_END()
