// SPDX-License-Identifier: Apache-2.0
// A server that starts anew: who learnt together learns together again, from what they run, and nobody has to ask.
#include <algorithm>

#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417}, market_corner{47.3771, 8.5419}, harbour{47.45, 8.56};

struct three_cameras : simulated_fleet {
  const std::vector<std::string> names{"left", "right", "far"};

  void begin() {
    start(names);
    add_worker("gpu0");
    const auto drifts = [](std::uint8_t into) {
      return [=](duration now) { return now < 60s ? std::uint8_t{0} : into; };
    };
    add_camera("left", market, drifts(1));
    add_camera("right", market_corner, drifts(1));
    add_camera("far", harbour, drifts(2));
  }

  std::size_t asked() const { return all(event_id::request_sent).size(); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(groups_and_windows_go_on_after_the_server_started_anew, three_cameras) {
  begin();
  advance(120s);
  const auto near = group_of("left"), far = group_of("far");
  BOOST_TEST_REQUIRE(near != 0u);
  BOOST_TEST_REQUIRE(group_of("right") == near);
  BOOST_TEST_REQUIRE(far != 0u);
  const auto window = status().window;
  const auto had = std::min({accuracy("left"), accuracy("right"), accuracy("far")});
  const auto asked_before = asked(), granted_before = all(event_id::grant_done).size();

  restart_server(5s);
  advance(60s);
  BOOST_TEST(group_of("left") == near);
  BOOST_TEST(group_of("right") == near);
  BOOST_TEST(group_of("far") == far);
  BOOST_TEST(status().groups.size() == 2u);
  BOOST_TEST(status().window > window);
  BOOST_TEST(asked() == asked_before);
  BOOST_TEST(all(event_id::grant_done).size() > granted_before);
  for (const auto& name : names)
    BOOST_TEST(accuracy(name) >= had - .05);
}

BOOST_FIXTURE_TEST_CASE(a_camera_that_does_not_return_has_no_seat_for_ever, three_cameras) {
  begin();
  advance(120s);
  const auto near = group_of("left");
  BOOST_TEST_REQUIRE(group_of("right") == near);
  caf::anon_send_exit(cameras.at("right"), caf::exit_reason::kill);
  settle();
  forget("right");
  restart_server(5s);
  advance(60s);
  BOOST_TEST(group_of("left") == near);
  BOOST_TEST(group_of("right") == 0u);
  BOOST_TEST(!seats->load()->seats.contains(camera_id{"right"}));
}

BOOST_FIXTURE_TEST_CASE(the_numbers_of_groups_are_not_used_again, three_cameras) {
  begin();
  advance(120s);
  const auto highest = std::max(group_of("left"), group_of("far"));
  const auto next = seats->load()->next_group;
  BOOST_TEST(next == highest + 1);
  restart_server(5s);
  advance(30s);
  BOOST_TEST(seats->load()->next_group == next);
}
