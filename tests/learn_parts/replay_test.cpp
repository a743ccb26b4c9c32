// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/replay.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;

namespace {

labelled_frame sample(const std::string& camera, int second, sample_role role = sample_role::train) {
  labelled_frame out;
  out.shot.camera = camera_id{camera};
  out.shot.media_time = std::chrono::seconds{second};
  out.shot.role = role;
  return out;
}

void add(replay& memory, const std::string& camera, int from, int to, bool before_drift = false) {
  for (int second = from; second < to; ++second) {
    auto one = sample(camera, second);
    one.before_drift = before_drift;
    BOOST_TEST_REQUIRE(memory.add(std::move(one)).has_value());
  }
}

int second_of(const labelled_frame* f) {
  return static_cast<int>(seconds_of(f->shot.media_time));
}

std::set<int> seconds_drawn(const replay& memory, std::size_t n) {
  std::mt19937_64 random{7};
  std::set<int> out;
  for (const auto* f : memory.draw(n, random))
    out.insert(second_of(f));
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(replay_memory)

RC_BOOST_PROP(cameras_have_equal_quotas, ()) {
  replay memory;
  auto frames = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));
  std::size_t senders = 0;
  for (std::size_t camera = 0; camera < frames.size(); ++camera) {
    for (int second = 0; second < frames[camera]; ++second)
      RC_ASSERT(memory.add(sample("c" + std::to_string(camera), second)).has_value());
    senders += frames[camera] > 0;
  }
  auto n = *rc::gen::inRange<std::size_t>(0, 100);
  std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
  auto drawn = memory.draw(n, random);
  RC_ASSERT(drawn.size() == (senders == 0 ? 0 : n));
  std::map<camera_id, std::size_t> counts;
  for (const auto* f : drawn)
    ++counts[f->shot.camera];
  for (const auto& [camera, count] : counts)
    RC_ASSERT(count == n / senders || count == n / senders + 1);
}

RC_BOOST_PROP(a_frame_that_is_not_for_training_is_never_drawn, ()) {
  replay memory;
  auto roles = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3));
  std::size_t accepted = 0;
  for (auto role : roles)
    accepted += memory.add(sample("c", 0, static_cast<sample_role>(role))).has_value();
  RC_ASSERT(accepted == static_cast<std::size_t>(std::count(roles.begin(), roles.end(), 0)));
  std::mt19937_64 random{1};
  for (const auto* f : memory.draw(50, random))
    RC_ASSERT(f->shot.role == sample_role::train);
}

BOOST_AUTO_TEST_CASE(a_refused_frame_names_its_camera) {
  replay memory;
  auto refused = memory.add(sample("gate-3", 0, sample_role::held_out));
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ec::invalid_argument));
  BOOST_TEST(refused.error().what.find("gate-3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_oldest_frame_makes_room) {
  replay memory{{.frames_per_camera = 4}};
  add(memory, "c", 0, 10);
  BOOST_TEST(memory.size() == 4u);
  BOOST_TEST((seconds_drawn(memory, 4) == std::set<int>{6, 7, 8, 9}));
}

BOOST_AUTO_TEST_CASE(no_frame_repeats_before_all_were_drawn) {
  replay memory;
  add(memory, "c", 0, 10);
  BOOST_TEST(seconds_drawn(memory, 10).size() == 10u);
  std::mt19937_64 random{3};
  std::map<int, int> counts;
  for (const auto* f : memory.draw(25, random))
    ++counts[second_of(f)];
  for (auto [second, count] : counts)
    BOOST_TEST((count == 2 || count == 3));
}

BOOST_AUTO_TEST_CASE(frames_before_the_drift_take_their_share_of_each_draw) {
  replay memory{{.frames_per_camera = 100, .pre_drift_share = .15}};
  add(memory, "c", 0, 15, true);
  add(memory, "c", 1000, 1100);
  std::mt19937_64 random{5};
  int old = 0;
  for (int batch = 0; batch < 1000; ++batch) {
    int of_this = 0;
    for (const auto* f : memory.draw(10, random))
      of_this += second_of(f) < 1000;
    BOOST_TEST((of_this == 1 || of_this == 2));
    old += of_this;
  }
  BOOST_TEST(old > 1400);
  BOOST_TEST(old < 1600);
}

BOOST_AUTO_TEST_CASE(frames_before_the_drift_have_a_ring_of_their_own) {
  replay memory{{.frames_per_camera = 10, .pre_drift_share = .2}};
  add(memory, "c", 0, 5, true);
  add(memory, "c", 10, 30);
  BOOST_TEST(memory.size() == 12u);
  BOOST_TEST((seconds_drawn(memory, 200) == std::set<int>{3, 4, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29}));
}

BOOST_AUTO_TEST_CASE(without_a_share_old_frames_are_not_kept) {
  replay memory{{.frames_per_camera = 10, .pre_drift_share = 0}};
  add(memory, "c", 0, 5, true);
  BOOST_TEST(memory.size() == 0u);
  std::mt19937_64 random{1};
  BOOST_TEST(memory.draw(4, random).empty());
}

BOOST_AUTO_TEST_CASE(only_members_are_kept) {
  replay memory;
  add(memory, "a", 0, 3);
  add(memory, "b", 0, 3);
  const camera_id members[] = {camera_id{"b"}, camera_id{"new"}};
  memory.keep_only(members);
  std::mt19937_64 random{1};
  BOOST_TEST(memory.size() == 3u);
  for (const auto* f : memory.draw(6, random))
    BOOST_TEST(f->shot.camera.value == "b");
}

BOOST_AUTO_TEST_CASE(draws_repeat_with_the_seed) {
  replay memory;
  add(memory, "a", 0, 20);
  add(memory, "b", 0, 5);
  std::mt19937_64 one{42}, other{42};
  BOOST_TEST((memory.draw(16, one) == memory.draw(16, other)));
}

BOOST_AUTO_TEST_CASE(resolutions_take_turns_and_cameras_keep_their_say) {
  replay memory;
  const auto add_of = [&](const std::string& camera, std::uint16_t width) {
    for (int second = 0; second < 9; ++second) {
      auto one = sample(camera, second);
      one.shot.picture.width = width;
      BOOST_TEST_REQUIRE(memory.add(std::move(one)).has_value());
    }
  };
  add_of("a", 320);
  add_of("b", 640);
  add_of("c", 640);
  std::mt19937_64 random{5};
  std::map<camera_id, int> drawn;
  for (int i = 0; i < 3000; ++i) {
    const auto batch = memory.draw(8, random);
    BOOST_TEST_REQUIRE(batch.size() == 8u);
    for (const auto* f : batch) {
      BOOST_TEST_REQUIRE(f->shot.picture.width == batch.front()->shot.picture.width);
      ++drawn[f->shot.camera];
    }
  }
  for (const auto& [camera, frames] : drawn) // a standard error is 207 frames
    BOOST_TEST(std::abs(frames - 8000) < 1000, camera.value << ": " << frames);
}

BOOST_AUTO_TEST_SUITE_END()
