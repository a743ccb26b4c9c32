// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/policy/sampling.hpp"

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Pictures taken in `length` of a stream of `source` frames a second, sampled at `fps`.
int taken(double source, double fps, double length) {
  int count = 0;
  duration last = -1h;
  for (int i = 0; i < source * length; ++i) {
    auto now = from_seconds(i / source);
    if (is_due(fps, now, last)) {
      last = now;
      ++count;
    }
  }
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sampling)

BOOST_AUTO_TEST_CASE(a_cycle_is_trained_on_guarded_scored_and_guarded) {
  sample_split split; // 10 s: 5 train, 1 guard, 3 held out, 1 guard
  auto t = sample_role::train, g = sample_role::guard, h = sample_role::held_out;
  sample_role expected[] = {t, t, t, t, t, g, h, h, h, g};
  for (int second = 0; second < 30; ++second) {
    BOOST_TEST((role_at(split, std::chrono::seconds{second}) == expected[second % 10]));
    BOOST_TEST((role_at(split, std::chrono::seconds{second} + 999'999'999ns) == expected[second % 10]));
  }
}

BOOST_AUTO_TEST_CASE(no_time_before_the_start_and_no_empty_cycle_is_used) {
  BOOST_TEST((role_at({}, -1ns) == sample_role::guard));
  BOOST_TEST((role_at({0, 0, 0, 0}, 5s) == sample_role::guard));
}

RC_BOOST_PROP(training_and_scoring_never_touch,
              (std::uint8_t train, std::uint8_t guard, std::uint8_t held_out)) {
  RC_PRE(guard > 0);
  auto part = [](int v) { return static_cast<std::uint16_t>(v); };
  sample_split split{part(train + 2 * guard + held_out), train, guard, held_out};
  for (int second = 0; second < 2 * split.cycle; ++second) {
    auto here = role_at(split, std::chrono::seconds{second});
    auto next = role_at(split, std::chrono::seconds{second + 1});
    RC_ASSERT(here == next || here == sample_role::guard || next == sample_role::guard);
  }
}

BOOST_AUTO_TEST_CASE(segments_are_seconds_of_media_time) {
  BOOST_TEST(segment_at(0ns) == 0);
  BOOST_TEST(segment_at(999'999'999ns) == 0);
  BOOST_TEST(segment_at(1s) == 1);
  BOOST_TEST(segment_at(-1ns) == -1);
}

BOOST_AUTO_TEST_CASE(members_divide_the_frame_rate_and_keep_the_resolution) {
  sampling_plan whole{6, 2, 1280, 720, 500'000, {}};
  auto plan = share_plan(whole, 3);
  BOOST_TEST(plan.train_fps == 2);
  BOOST_TEST(plan.held_out_fps == 2);
  plan.train_fps = whole.train_fps;
  BOOST_TEST((plan == whole));
}

BOOST_AUTO_TEST_CASE(a_share_never_falls_below_the_least_rate_nor_rises_above_the_whole) {
  BOOST_TEST(share_plan({6, 2, 1280, 720, 500'000, {}}, 100).train_fps == .2);
  BOOST_TEST(share_plan({.1, 2, 1280, 720, 500'000, {}}, 4).train_fps == .1);
  BOOST_TEST(share_plan({6, 2, 1280, 720, 500'000, {}}, 0).train_fps == 6);
}

BOOST_AUTO_TEST_CASE(the_wanted_rate_is_met_on_average_whatever_the_source) {
  BOOST_TEST(taken(25, 10, 60) == 600);
  BOOST_TEST(taken(30, 7, 60) == 420);
  BOOST_TEST(taken(30, 29.97, 100) == 2997);
  BOOST_TEST(taken(30, .2, 60) == 12);
  BOOST_TEST(taken(10, 25, 60) == 600);
  for (double fps : {1., 2., 3., 5., 12., 15., 24., 25., 30., 50., 60.})
    BOOST_TEST(taken(fps, fps, 60) == 60 * fps);
}

BOOST_AUTO_TEST_CASE(a_stream_that_starts_over_is_sampled_at_once) {
  BOOST_TEST(is_due(1, 0s, 59s));
  BOOST_TEST(!is_due(1, 500ms, 100ms));
}

BOOST_AUTO_TEST_CASE(no_rate_takes_no_picture) {
  BOOST_TEST(!is_due(0, 5s, -1h));
  BOOST_TEST(!is_due(-1, 5s, -1h));
  BOOST_TEST(!is_due(std::numeric_limits<double>::quiet_NaN(), 5s, -1h));
}

BOOST_AUTO_TEST_SUITE_END()
