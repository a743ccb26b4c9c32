// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/time_line.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Media times of the pictures with these timestamps.
std::vector<duration> media_times(time_line times, const std::vector<std::optional<duration>>& stamps) {
  std::vector<duration> found;
  for (const auto& stamp : stamps)
    found.push_back(times.leave(times.enter(stamp)).media_time);
  return found;
}

const time_line file{100ms, false}, live{100ms, true};
constexpr auto none = std::nullopt;

} // namespace

BOOST_AUTO_TEST_SUITE(time_line_of_a_source)

BOOST_AUTO_TEST_CASE(time_counts_from_the_first_picture) {
  BOOST_TEST((media_times(file, {7s, 7s + 40ms, 8s}) == std::vector<duration>{0s, 40ms, 1s}));
}

BOOST_AUTO_TEST_CASE(missing_timestamps_follow_the_usual_rate) {
  BOOST_TEST((media_times(file, {none, none, none}) == std::vector<duration>{0s, 100ms, 200ms}));
  BOOST_TEST((media_times(live, {none, 5s, 6s}) == std::vector<duration>{0s, 100ms, 1100ms}));
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_costs_one_usual_step) {
  BOOST_TEST((media_times(live, {50s, 51s, 3s, 4s}) == std::vector<duration>{0s, 1s, 1100ms, 2100ms}));
}

BOOST_AUTO_TEST_CASE(a_live_clock_that_leaps_costs_one_usual_step_but_gaps_of_a_file_are_real) {
  BOOST_TEST((media_times(live, {0s, 1h, 1h + 1s}) == std::vector<duration>{0s, 100ms, 1100ms}));
  BOOST_TEST((media_times(file, {0s, 1h, 1h + 1s}) == std::vector<duration>{0s, 1h, 1h + 1s}));
}

BOOST_AUTO_TEST_CASE(each_round_of_a_file_has_the_same_media_times) {
  time_line times{100ms, false};
  for (const duration round : {0s, 2s}) {
    for (const duration at : {0ms, 1900ms}) {
      const auto when = times.leave(times.enter(5s + at));
      BOOST_TEST((when.media_time == at));
      BOOST_TEST((when.stream_time == round + at));
    }
    times.begin_again();
  }
}

BOOST_AUTO_TEST_CASE(a_picture_held_back_by_filters_belongs_to_the_round_it_entered_in) {
  time_line times{100ms, false};
  const auto late = times.enter(0s);
  times.begin_again();
  times.enter(0s);
  BOOST_TEST((times.leave(late).media_time == 0s));
  BOOST_TEST((times.leave(100ms).media_time == 0s));
}

RC_BOOST_PROP(stream_time_never_repeats_or_goes_back,
              (const std::vector<std::int32_t>& stamps, bool is_live)) {
  time_line times{40ms, is_live};
  duration last{-1};
  for (const auto stamp : stamps) {
    if (stamp % 11 == 0 && times.has_begun())
      times.begin_again();
    const auto at =
        times.enter(stamp % 7 == 0 ? std::optional<duration>{} : std::chrono::milliseconds{stamp});
    const auto when = times.leave(at);
    RC_ASSERT(when.stream_time > last);
    RC_ASSERT(when.media_time >= duration::zero());
    last = when.stream_time;
  }
}

BOOST_AUTO_TEST_SUITE_END()
