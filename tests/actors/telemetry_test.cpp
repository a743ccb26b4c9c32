// SPDX-License-Identifier: Apache-2.0
#include "actors/telemetry.hpp"

#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(telemetry_test)

BOOST_FIXTURE_TEST_CASE(who_asks_hears_of_cameras_that_move_or_change_groups_and_of_all_now_and_then, virtual_system) {
  mock<whereabouts_actor> whom{*this};
  whom.take<camera_status>();
  const auto sink = keep(system().spawn(telemetry, telemetry_sink{}));
  const auto say = [&](std::optional<location> place, group_id group = {}) {
    camera_status status;
    status.group = group;
    status.camera = camera_id{"car"};
    status.place = place;
    tell(sink, status);
    return whom.got<camera_status>().size();
  };
  BOOST_TEST(say(location{47, 8}) == 0u); // nobody asked yet
  tell(sink, whom.handle());
  BOOST_TEST(say(std::nullopt) == 1u); // the first there is of it
  BOOST_TEST(say(std::nullopt) == 1u);
  BOOST_TEST(say(location{47, 8}) == 2u);
  BOOST_TEST(say(location{47.00002, 8}) == 2u); // two metres
  BOOST_TEST(say(location{47.0001, 8}) == 3u);
  BOOST_TEST(say(location{47.0001, 8}) == 3u);
  BOOST_TEST(say(location{47.0001, 8}, group_id{7}) == 4u);
  BOOST_TEST(say(location{47.0001, 8}, group_id{7}) == 4u);
  advance(5s);
  BOOST_TEST(say(location{47.0001, 8}, group_id{7}) == 5u);
}

BOOST_FIXTURE_TEST_CASE(a_camera_stands_where_its_last_readings_put_it, virtual_system) {
  const auto sink = keep(system().spawn(telemetry, telemetry_sink{}));
  const auto reading = [&](std::string_view id, double value) {
    tell(sink, event{{}, std::string{id}, camera_id{"north"}, {}, {}, 0, value, {}});
  };
  reading(event_id::accuracy_deployed, .5);
  auto known = ask<status_report>(sink, status_query{});
  BOOST_TEST(known->cameras.at(0).map50 == .5);
  BOOST_TEST(!known->cameras.at(0).truth50); // nobody knows it
  BOOST_TEST(!known->cameras.at(0).teacher50);
  reading(event_id::accuracy_truth, .4);
  reading(event_id::accuracy_teacher, .7);
  known = ask<status_report>(sink, status_query{});
  BOOST_TEST(known->cameras.at(0).map50 == .5);
  BOOST_TEST(known->cameras.at(0).truth50.value_or(0) == .4);
  BOOST_TEST(known->cameras.at(0).teacher50.value_or(0) == .7);
}

BOOST_FIXTURE_TEST_CASE(cameras_that_there_are_not_are_not_remembered_whoever_tells_of_them, virtual_system) {
  telemetry_sink of_server;
  int told = 0;
  of_server.on_status = [&](const camera_status&) { ++told; };
  of_server.cameras.emplace().insert(camera_id{"north"});
  const auto sink = keep(system().spawn(telemetry, of_server));
  for (const auto* called : {"north", "stranger"}) {
    camera_status status;
    status.camera = camera_id{called};
    tell(sink, status);
    tell(sink, arrival_report{camera_id{called}, 1, 1, 100, 1s});
    tell(sink, event{{}, std::string{event_id::accuracy_deployed}, camera_id{called}, {}, {}, 0, .5, {}});
  }
  const auto known = ask<status_report>(sink, status_query{});
  BOOST_TEST_REQUIRE(known->cameras.size() == 1u);
  BOOST_TEST(known->cameras[0].last.camera.value == "north");
  BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_SUITE_END()
