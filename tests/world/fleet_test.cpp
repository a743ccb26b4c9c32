// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/fleet.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

namespace ecco {
namespace {

using namespace world;

BOOST_AUTO_TEST_SUITE(world_fleet)

fleet_plan a_plan(similarity alike) {
  fleet_plan made;
  made.cameras = 8;
  made.alike = alike;
  return made;
}

BOOST_AUTO_TEST_CASE(alike_cameras_drift_together) {
  const auto all = make_fleet(a_plan({}));
  BOOST_REQUIRE(all.size() == 8u);
  std::set<std::string> names;
  for (const auto& one : all) {
    names.insert(one.name);
    BOOST_TEST((one.home == all[0].home));
    BOOST_TEST((one.happens == all[0].happens));
  }
  BOOST_TEST(names.size() == 8u);
}

BOOST_AUTO_TEST_CASE(each_kind_of_similarity_does_its_own) {
  const auto districts = make_fleet(a_plan({.5f, 1, 1, 1}));
  const auto weather = make_fleet(a_plan({1, .5f, 1, 1}));
  const auto timing = make_fleet(a_plan({1, 1, 0, 1}));
  const auto lighting = make_fleet(a_plan({1, 1, 1, 0}));
  int same_home = 0, same_weather = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    same_home += districts[i].home == districts[0].home ? 1 : 0;
    same_weather += weather[i].happens.changes[0].what == change_kind::rain ? 1 : 0;
    BOOST_TEST((weather[i].home == weather[0].home));
    BOOST_TEST(districts[i].happens.changes[0].at == 60.);
    if (i > 0) {
      BOOST_TEST(timing[i].happens.changes[0].at > timing[i - 1].happens.changes[0].at);
      BOOST_TEST(lighting[i].happens.begins.hour != lighting[i - 1].happens.begins.hour);
    }
  }
  BOOST_TEST(same_home == 4);
  BOOST_TEST(same_weather == 4);
}

BOOST_AUTO_TEST_CASE(every_camera_has_a_name_that_can_be_read) {
  for (const auto on : {mount::pole, mount::vehicle, mount::drone}) {
    auto of = a_plan({0, 0, 0, 0});
    of.on = on;
    for (const auto& one : make_fleet(of)) {
      const auto read = camera_named(one.name);
      BOOST_REQUIRE(read.has_value());
      BOOST_TEST((read->home == one.home && read->on == one.on && read->number == one.number));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
