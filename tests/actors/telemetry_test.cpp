// SPDX-License-Identifier: Apache-2.0
#include "actors/telemetry.hpp"

#include "actors/mock.hpp"

using namespace ecco;
using namespace ecco::test;

BOOST_AUTO_TEST_SUITE(telemetry_test)

BOOST_FIXTURE_TEST_CASE(who_asks_hears_of_cameras_that_move_and_of_no_others, virtual_system) {
  mock<whereabouts_actor> whom{*this};
  whom.take<camera_status>();
  const auto sink = keep(system().spawn(telemetry, telemetry_sink{}));
  const auto say = [&](std::optional<location> place) {
    camera_status status;
    status.camera = camera_id{"car"};
    status.place = place;
    tell(sink, status);
    return whom.got<camera_status>().size();
  };
  BOOST_TEST(say(location{47, 8}) == 0u); // nobody asked yet
  tell(sink, whom.handle());
  BOOST_TEST(say(std::nullopt) == 0u);
  BOOST_TEST(say(location{47, 8}) == 1u);
  BOOST_TEST(say(location{47.00002, 8}) == 1u); // two metres
  BOOST_TEST(say(location{47.0001, 8}) == 2u);
  BOOST_TEST(say(location{47.0001, 8}) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
