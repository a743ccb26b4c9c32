// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "runtime/world/light.hpp"
#include "runtime/world/schedule.hpp"

namespace ecco {
namespace {

using namespace world;

BOOST_AUTO_TEST_SUITE(world_light)

BOOST_AUTO_TEST_CASE(a_change_begins_at_its_time_and_is_done_after_its_ramp) {
  schedule of;
  of.changes = {{change_kind::rain, 100, 10, .8f}};
  BOOST_TEST(conditions_at(of, 100).rain == 0.f);
  BOOST_TEST(conditions_at(of, 105).rain > .1f);
  BOOST_TEST(conditions_at(of, 105).rain < .7f);
  BOOST_TEST(conditions_at(of, 111).rain == .8f);
  BOOST_TEST(conditions_at(of, 5000).rain == .8f);
}

BOOST_AUTO_TEST_CASE(the_street_stays_wet_for_a_while) {
  schedule of;
  of.begins.rain = 1;
  of.changes = {{change_kind::rain, 100, 1, 0}};
  const auto just_after = conditions_at(of, 102);
  BOOST_TEST(just_after.rain == 0.f);
  BOOST_TEST(just_after.wet > .2f);
  BOOST_TEST(conditions_at(of, 120).wet == 0.f);
}

BOOST_AUTO_TEST_CASE(rain_brings_clouds) {
  schedule of;
  of.begins.cloud = 0;
  of.begins.rain = 1;
  BOOST_TEST(conditions_at(of, 1).cloud == 1.f);
}

BOOST_AUTO_TEST_CASE(the_light_follows_the_day) {
  schedule of;
  of.begins.hour = 12;
  BOOST_TEST(conditions_at(of, 3600 * 3).hour == 15.f, boost::test_tools::tolerance(1e-4f));
  const auto noon = light_of(conditions_at(of, 0)), midnight = light_of(conditions_at(of, 3600 * 12));
  BOOST_TEST(noon.sun.r > .5f);
  BOOST_TEST(midnight.sun.r < .01f);
  BOOST_TEST(noon.lamps == 0.f);
  BOOST_TEST(midnight.lamps == 1.f);
  BOOST_TEST(midnight.headlights);
  BOOST_TEST(exposure_for(midnight, 0) > exposure_for(noon, 0));
}

BOOST_AUTO_TEST_CASE(moves_follow_one_another) {
  schedule of;
  of.moves = {{10, district::tunnel}, {20, district::park}};
  BOOST_TEST(!district_of(of, 9).has_value());
  BOOST_TEST((district_of(of, 10) == district::tunnel));
  BOOST_TEST((district_of(of, 99) == district::park));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
