// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/recent_frames.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// `seen_by` says which one it is.
labelled_frame a_frame(std::uint32_t number, sample_role role) {
  return {{camera_id{"a"}, std::chrono::seconds{number}, role, {}}, {}, {}, number};
}

/// One a second from 1 s on, every fifth held out.
recent_frames filled(std::uint32_t count, std::size_t train, std::size_t held_out) {
  recent_frames out{train, held_out};
  for (std::uint32_t i = 1; i <= count; ++i)
    out.add(a_frame(i, i % 5 == 0 ? sample_role::held_out : sample_role::train), std::chrono::seconds{i});
  return out;
}

std::vector<std::uint32_t> numbers(const std::vector<labelled_frame>& frames) {
  std::vector<std::uint32_t> out;
  for (const auto& one : frames)
    out.push_back(one.seen_by);
  return out;
}

using list = std::vector<std::uint32_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(recent_frames_test)

BOOST_AUTO_TEST_CASE(the_oldest_of_each_role_go_first) {
  BOOST_TEST((numbers(filled(20, 3, 2).newer_than(0s)) == list{17, 18, 19, 15, 20}));
}

BOOST_AUTO_TEST_CASE(what_arrived_at_that_moment_counts_as_newer_and_not_as_older) {
  const auto kept = filled(10, 99, 99);
  BOOST_TEST((numbers(kept.newer_than(9s)) == list{9, 10}));
  BOOST_TEST((numbers(kept.before_drift(3s, 99, 99)) == list{1, 2}));
}

BOOST_AUTO_TEST_CASE(frames_from_before_a_drift_are_spread_over_their_time_and_say_so) {
  const auto kept = filled(100, 999, 999);
  const auto before = kept.before_drift(51s, 4, 2); // of 40 to train on and 10 held out
  BOOST_TEST((numbers(before) == list{7, 19, 32, 44, 15, 40}));
  BOOST_TEST(std::all_of(before.begin(), before.end(), [](const labelled_frame& one) { return one.before_drift; }));
  BOOST_TEST(kept.before_drift(51s, 0, 0).empty());
}

BOOST_AUTO_TEST_CASE(the_newest_held_out_frames_are_counted_back_from_the_newest_one) {
  const auto kept = filled(23, 99, 99);
  BOOST_TEST((numbers(kept.newest_held_out(5s)) == list{15, 20})); // not from the 23 to train on
  BOOST_TEST((recent_frames{9, 9}.newest_held_out(5s).empty()));
}

RC_BOOST_PROP(every_frame_is_on_one_side_of_a_drift, (std::uint8_t count, std::uint8_t when)) {
  const auto kept = filled(count, 64, 16);
  const auto at = std::chrono::seconds{when};
  auto all = numbers(kept.newer_than(at));
  const auto older = numbers(kept.before_drift(at, 999, 999));
  all.insert(all.end(), older.begin(), older.end());
  auto expected = numbers(kept.newer_than(duration::min()));
  std::sort(all.begin(), all.end());
  std::sort(expected.begin(), expected.end());
  RC_ASSERT(all == expected);
}

BOOST_AUTO_TEST_SUITE_END()
