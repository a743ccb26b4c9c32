// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/policy/globe_grid.hpp"

using namespace ecco;

namespace {

constexpr double metre = 1 / 111'195.; ///< in degrees of latitude

/// Places where a map of squares would fail: the poles, both sides of the antimeridian, the Greenwich meridian.
constexpr std::array<location, 10> corners{{{90, 0},
                                            {90, 77},
                                            {-90, 180},
                                            {0, 180},
                                            {0, -180},
                                            {51, 0},
                                            {-17, 179.9999},
                                            {89.9999, -120},
                                            {0, 0},
                                            {47.3769, 8.5417}}};

location wrapped(location at) {
  at.latitude = std::clamp(at.latitude, -90.0, 90.0);
  if (at.longitude > 180)
    at.longitude -= 360;
  if (at.longitude < -180)
    at.longitude += 360;
  return at;
}

/// Anywhere, or within about two reaches of a corner.
location any_place(double reach_m) {
  const auto part = [] { return *rc::gen::inRange(-10'000, 10'001) / 10'000.; };
  if (*rc::gen::inRange(0, 4) == 0)
    return {90 * part(), 180 * part()};
  auto at = *rc::gen::elementOf(corners);
  const auto off = std::min(80.0, 2 * reach_m * metre);
  at.latitude += off * part();
  at.longitude += off * part() / std::max(.001, std::cos(at.latitude * .01745));
  if (std::abs(at.longitude) > 360)
    at.longitude = 180 * part();
  return wrapped(at);
}

std::vector<group_id> near_by_linear_scan(const std::map<group_id, location>& all, const location& place,
                                          double reach_m) {
  std::vector<group_id> out;
  for (const auto& [id, at] : all)
    if (distance_m(at, place) <= reach_m)
      out.push_back(id);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(places_on_the_globe)

BOOST_AUTO_TEST_CASE(distances_are_those_of_the_globe) {
  BOOST_TEST(distance_m({50, 8}, {50, 8}) == 0);
  BOOST_TEST(distance_m({50, 8}, {50 + 100 * metre, 8}) == 100, boost::test_tools::tolerance(1e-3));
  // Frankfurt to Berlin.
  BOOST_TEST(distance_m({50.1109, 8.6821}, {52.52, 13.405}) == 423'500, boost::test_tools::tolerance(1e-2));
  BOOST_TEST(distance_m({0, 179.9999}, {0, -179.9999}) < 30);
}

RC_BOOST_PROP(the_grid_finds_what_a_linear_scan_finds, ()) {
  const auto reach = *rc::gen::element(0., .5, 10., 100., 200., 5'000., 1e5, 3e6, 1e7, 1.9e7, 2e7, 2.1e7);
  globe_grid grid{reach};
  std::map<group_id, location> all;
  const auto steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i) {
    const group_id id{*rc::gen::inRange(1u, 30u)};
    if (*rc::gen::inRange(0, 5) == 0) {
      grid.remove(id);
      all.erase(id);
    } else {
      const auto at = any_place(reach);
      grid.put(id, at);
      all[id] = at;
    }
    RC_ASSERT(grid.size() == all.size());
    const auto from = all.empty() || *rc::gen::inRange(0, 2) == 0 ? any_place(reach) : all.begin()->second;
    RC_ASSERT(grid.near(from) == near_by_linear_scan(all, from, reach));
  }
}

BOOST_AUTO_TEST_CASE(whatever_is_just_within_reach_is_found_in_every_direction) {
  for (const auto reach : {10., 200., 5'000.})
    for (int i = 0; i < 400; ++i) {
      const location from{47 + .001 * i, 8 - .0013 * i};
      const auto off = .9999 * reach * metre, around = .37 * i;
      const location at{from.latitude + off * std::sin(around),
                        from.longitude + off * std::cos(around) / std::cos(from.latitude * .0174533)};
      globe_grid grid{reach};
      grid.put(group_id{1}, at);
      BOOST_TEST(grid.near(from).size() == (distance_m(from, at) <= reach ? 1u : 0u));
    }
}

BOOST_AUTO_TEST_CASE(at_a_pole_every_longitude_is_the_same_place) {
  globe_grid grid{0};
  grid.put(group_id{1}, {90, 0});
  grid.put(group_id{2}, {-90, 0});
  BOOST_TEST(grid.near({90, 0}).size() == 1u);
  globe_grid wider{1};
  wider.put(group_id{1}, {90, 0});
  BOOST_TEST(wider.near({90, 123}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_place_off_the_globe_is_near_nothing_and_takes_no_room) {
  globe_grid grid{2e7};
  grid.put(group_id{1}, {50, 8});
  for (const auto& nowhere : {location{std::nan(""), 8}, location{50, INFINITY}, location{91, 0}, location{0, -181}}) {
    BOOST_TEST(grid.near(nowhere).empty());
    grid.put(group_id{2}, nowhere);
    BOOST_TEST(grid.size() == 1u);
  }
  grid.put(group_id{1}, {std::nan(""), 0}); // it went there
  BOOST_TEST(grid.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
