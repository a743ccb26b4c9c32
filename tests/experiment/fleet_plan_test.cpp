// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/fleet_plan.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "runtime/policy/grouping.hpp"

BOOST_AUTO_TEST_SUITE(planned_fleet)

using namespace ecco;
using namespace std::chrono_literals;

namespace {

settings two_regions() {
  settings out;
  auto& market = out.experiment.regions[region_id{"market"}];
  market.cameras = 40;
  market.place = {47.3769, 8.5417};
  market.conditions = {{5min, "dusk"}, {10min, "clear"}};
  auto& gate = out.experiment.regions[region_id{"gate"}];
  gate.place = {-89.9, 179.9999};
  gate.spread = metres{90'000};
  gate.conditions = {{1min, "dusk"}};
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_region_has_its_cameras_and_none_twice) {
  std::set<std::string> names;
  for (const auto& camera : plan_fleet(two_regions()))
    BOOST_TEST(names.insert(camera.name.value).second);
  BOOST_TEST(names.size() == 41u);
  BOOST_TEST(names.contains("gate"));
  BOOST_TEST(names.contains("market-40"));
}

BOOST_AUTO_TEST_CASE(cameras_stand_within_their_circle_and_on_the_globe) {
  const auto from = two_regions();
  for (const auto& camera : plan_fleet(from)) {
    BOOST_TEST(std::abs(camera.place.latitude) <= 90);
    BOOST_TEST(std::abs(camera.place.longitude) <= 180);
    const auto& region = from.experiment.regions.at(camera.region);
    if (camera.region.value == "market")
      BOOST_TEST(distance_m(region.place, camera.place) <= 1.01 * region.spread.value);
  }
}

BOOST_AUTO_TEST_CASE(a_word_is_one_condition_everywhere_and_the_known_one_is_0) {
  const auto fleet = plan_fleet(two_regions());
  const auto& gate = fleet.front();
  const auto& market = fleet.back();
  BOOST_TEST(int{gate.condition_at(0s)} == 0);
  BOOST_TEST(gate.condition_at(2min) == market.condition_at(6min));
  BOOST_TEST(int{market.condition_at(6min)} != 0);
  BOOST_TEST(int{market.condition_at(11min)} == 0);
}

BOOST_AUTO_TEST_CASE(changes_come_in_order_and_no_later_than_the_stagger) {
  auto from = two_regions();
  auto& market = from.experiment.regions[region_id{"market"}];
  market.stagger = 10min; // longer than the time between two changes
  for (const auto& camera : plan_fleet(from))
    for (std::size_t i = 0; i < camera.changes.size(); ++i) {
      const auto& wanted = from.experiment.regions.at(camera.region).conditions[i];
      BOOST_TEST((camera.changes[i].at >= wanted.at));
      BOOST_TEST((camera.changes[i].at <= wanted.at + 10min));
      if (i > 0)
        BOOST_TEST((camera.changes[i].at > camera.changes[i - 1].at));
    }
}

BOOST_AUTO_TEST_CASE(the_seed_decides_and_one_camera_more_changes_nothing_for_the_others) {
  auto from = two_regions();
  const auto first = plan_fleet(from);
  BOOST_TEST((plan_fleet(from) == first));
  ++from.experiment.regions[region_id{"market"}].cameras;
  auto more = plan_fleet(from);
  more.pop_back();
  BOOST_TEST((more == first));
  from.seed = 2;
  BOOST_TEST((plan_fleet(from).front().place.latitude != first.front().place.latitude));
}

BOOST_AUTO_TEST_SUITE_END()
