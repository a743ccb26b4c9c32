// SPDX-License-Identifier: Apache-2.0
// How much cameras send follows what their group's GPU time can use, in virtual time.
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417}, market_corner{47.3771, 8.5419};

weather changes(duration when) {
  return [=](duration now) { return static_cast<std::uint8_t>(now < when ? 0 : 1); };
}

struct two_cameras : simulated_fleet {
  void begin(sampling_mode how) {
    sampling = how;
    start({"left", "right"});
    add_worker("gpu0");
    add_camera("left", market, changes(40s));
    add_camera("right", market_corner, changes(40s));
  }

  /// Frames of both roles, since it began.
  std::uint64_t sent(const std::string& camera) {
    for (const auto& one : status().cameras)
      if (one.last.camera.value == camera)
        return one.last.frames_sent;
    return 0;
  }

  std::uint64_t sent_within(const std::string& camera, duration span) {
    const auto before = sent(camera);
    advance(span);
    return sent(camera) - before;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_slow_device_gets_fewer_frames, two_cameras) {
  curve.capacity_images_per_second = 10; // it labels as slowly: ten frames a second of both roles
  begin(sampling_mode::table);
  advance(75s);
  BOOST_TEST_REQUIRE(status().groups.size() == 1u);
  BOOST_TEST(happened(event_id::plan_changed));
  two_cameras fixed;
  fixed.curve.capacity_images_per_second = 10;
  fixed.begin(sampling_mode::fixed);
  fixed.advance(75s);
  const auto few = sent_within("left", 20s), many = fixed.sent_within("left", 20s);
  BOOST_TEST(few < many);
  BOOST_TEST(few > 0u);
}

BOOST_FIXTURE_TEST_CASE(a_fast_device_gets_more_frames, two_cameras) {
  curve.capacity_images_per_second = 4000;
  begin(sampling_mode::table);
  advance(75s);
  BOOST_TEST_REQUIRE(status().groups.size() == 1u);
  two_cameras fixed;
  fixed.curve.capacity_images_per_second = 4000;
  fixed.begin(sampling_mode::fixed);
  fixed.advance(75s);
  BOOST_TEST(sent_within("left", 20s) > fixed.sent_within("left", 20s));
}

BOOST_FIXTURE_TEST_CASE(cameras_recover_on_what_the_table_lets_them_send, two_cameras) {
  begin(sampling_mode::table);
  advance(150s);
  for (const auto* camera : {"left", "right"})
    BOOST_TEST(accuracy(camera) > .4);
}

BOOST_FIXTURE_TEST_CASE(under_ams_a_scene_that_stands_still_is_sampled_less_and_less, two_cameras) {
  // The curve's teacher sees the same box in every picture.
  begin(sampling_mode::ams);
  advance(75s);
  const auto early = sent_within("left", 20s);
  advance(100s);
  const auto late = sent_within("left", 20s);
  BOOST_TEST(late < early);
  BOOST_TEST(!happened(event_id::plan_changed));
}

BOOST_FIXTURE_TEST_CASE(plans_are_the_same_when_the_run_is, two_cameras) {
  begin(sampling_mode::table);
  advance(120s);
  two_cameras again;
  again.begin(sampling_mode::table);
  again.advance(120s);
  const auto first = all(event_id::plan_changed), second = again.all(event_id::plan_changed);
  BOOST_TEST_REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    BOOST_TEST((first[i] == second[i]));
}
