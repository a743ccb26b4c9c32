// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "tests/world/a_city.hpp"

namespace ecco {
namespace {

using namespace world;
using test::a_plan;
using test::the_city;

BOOST_AUTO_TEST_SUITE(world_cameras)

BOOST_AUTO_TEST_CASE(names_say_what_a_camera_is_on_and_where) {
  const auto pole = camera_named("downtown-2").value(), car = camera_named("car-park-1").value(),
             drone = camera_named("drone-suburb-13").value();
  BOOST_TEST((pole.on == mount::pole && pole.home == district::downtown && pole.number == 2));
  BOOST_TEST((car.on == mount::vehicle && car.home == district::park && car.number == 1));
  BOOST_TEST((drone.on == mount::drone && drone.home == district::suburb && drone.number == 13));
}

BOOST_AUTO_TEST_CASE(a_name_of_nothing_is_refused) {
  for (const auto* name : {"", "downtown", "downtown-", "downtown-0", "downtown-x", "downtown-1x", "moon-1",
                           "car-1", "drone-tunnel-1", "downtown-99999999999"}) {
    const auto refused = camera_named(name);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(refused.error().what.find("'" + std::string{name} + "'") != std::string::npos);
    BOOST_TEST(!refused.error().hint.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_point_is_seen_where_its_ray_goes) {
  const auto from = look({3, 4, 5}, .7f, -.2f, .05f, 250, 320, 192);
  const vec3 p = from.eye + from.ray(71, 33) * 12.5f;
  const auto at = from.project(from.to_camera(p));
  BOOST_TEST(at.x == 71.f, boost::test_tools::tolerance(1e-3f));
  BOOST_TEST(at.y == 33.f, boost::test_tools::tolerance(1e-3f));
}

BOOST_AUTO_TEST_CASE(poles_stand_still_and_in_their_district) {
  for (const auto* name : {"suburb-1", "downtown-2", "park-3", "tunnel-1", "highway-2"}) {
    const auto plan = a_plan(name);
    const camera_path path{plan, the_city()->map, the_city()->vehicles};
    BOOST_TEST(path.is_fixed());
    BOOST_TEST((path.at(0).from == path.at(5000).from));
    if (plan.home == district::tunnel || plan.home == district::highway)
      BOOST_TEST((district_at(ground_of(path.at(0).from.eye)) == plan.home));
  }
}

BOOST_AUTO_TEST_CASE(a_vehicle_goes_where_its_schedule_sends_it) {
  auto plan = a_plan("car-downtown-1");
  plan.happens.moves = {{200, district::tunnel}};
  const camera_path path{plan, the_city()->map, the_city()->vehicles};
  std::size_t before = 0, after = 0;
  for (double t = 0; t < 200; t += 2)
    before += district_at(ground_of(path.at(t).from.eye)) == district::tunnel ? 1 : 0;
  for (double t = 200; t < 400; t += 2)
    after += district_at(ground_of(path.at(t).from.eye)) == district::tunnel ? 1 : 0;
  BOOST_TEST(before < 10u);
  BOOST_TEST(after > 85u);
}

BOOST_AUTO_TEST_CASE(a_formation_stays_together) {
  std::vector<std::unique_ptr<camera_path>> drones;
  for (const auto* name : {"drone-downtown-1", "drone-downtown-2", "drone-downtown-3"}) {
    auto plan = a_plan(name);
    plan.formation = 4;
    drones.push_back(std::make_unique<camera_path>(plan, the_city()->map, the_city()->vehicles));
  }
  for (double t = 0; t < 300; t += 7) {
    const auto first = drones[0]->at(t).from.eye;
    for (std::size_t i = 1; i < drones.size(); ++i) {
      const float apart = length(drones[i]->at(t).from.eye - first);
      BOOST_TEST(apart > 3.f);
      BOOST_TEST(apart < 40.f);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_camera_does_not_see_what_carries_it) {
  world_camera camera{the_city(), a_plan("car-suburb-2", 320, 192)};
  for (double t = 0; t < 80; t += 4) {
    const auto by = camera.state_at(t).carried_by;
    for (const auto& one : camera.at(t).objects)
      BOOST_TEST(one.id != by);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
