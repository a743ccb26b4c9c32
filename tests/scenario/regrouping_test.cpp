// SPDX-License-Identifier: Apache-2.0
// Groups that change (paper 3.3 and 5.4.1), whole, in virtual time: who learns with whom follows what the cameras see.
#include <limits>

#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location road{47.3769, 8.5417}, tunnel{47.3969, 8.5417}; // 2.2 km apart
/// Beside the road, one car length behind another.
constexpr location behind(location place, int cars) {
  return {place.latitude + .0001 * cars, place.longitude};
}

constexpr std::uint8_t suburb = 0, city = 1, dark = 2, harbour = 3;

struct vehicles : simulated_fleet {
  vehicles() {
    curve.scale = 600; // images: a window's budget is 400
    curve.forgetting = .1;
    held_out_frames = 10; // those of a window
    before_drift = 10;    // windows are a sixth of the usual, and so is what a camera shows in one
  }

  /// From the suburb into the city at 30 s; those that take the tunnel are in it from `enter` to `leave`.
  void add_vehicle(const std::string& name, int cars, duration enter = 10h, duration leave = 10h) {
    const auto inside = [=](duration now) { return now >= enter && now < leave; };
    add_camera(
      name, behind(road, cars), [=](duration now) { return now < 30s ? suburb : inside(now) ? dark : city; },
      [=](duration now) { return behind(inside(now) ? tunnel : road, cars); });
  }

  /// Lowest accuracy of the model that the camera ran between two moments.
  double lowest(const std::string& camera, duration from, duration to) const {
    auto out = std::numeric_limits<double>::infinity();
    for (const auto& reading : all(event_id::accuracy_deployed, camera))
      if (reading.at >= from && reading.at < to)
        out = std::min(out, reading.value);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_vehicle_that_enters_a_tunnel_learns_alone_and_comes_back_after_it, vehicles) {
  // Fig. 9. Windows are 10 s: the third vehicle is in the tunnel from the middle of window 10 to that of window 19.
  start({"car1", "car2", "car3"});
  add_worker("gpu0");
  add_vehicle("car1", 0);
  add_vehicle("car2", 1);
  add_vehicle("car3", 2, 95s, 185s);
  advance(90s);
  // All three lose most of their accuracy in the city, and recover in one group that the first of them opened.
  const auto together = group_of("car1");
  BOOST_TEST(together != 0u);
  for (const auto* car : {"car1", "car2", "car3"}) {
    BOOST_TEST(lowest(car, 30s, 90s) < .15);
    BOOST_TEST(accuracy(car) > .4);
    BOOST_TEST(group_of(car) == together);
  }
  BOOST_TEST(all(event_id::group_opened).size() == 1u);
  BOOST_TEST(all(event_id::group_joined).size() == 2u);

  advance(25s);
  // At the end of the window in which it enters the tunnel the third is taken out; nobody near it has a group.
  const auto left = all(event_id::group_left);
  BOOST_TEST_REQUIRE(left.size() == 1u);
  BOOST_TEST(left.front().camera.value == "car3");
  BOOST_TEST(left.front().text.starts_with("fell from"));
  BOOST_TEST(left.front().window <= 11u);
  const auto alone = group_of("car3");
  BOOST_TEST(alone > together);
  BOOST_TEST(group_of("car1") == together);
  BOOST_TEST(group_of("car2") == together);
  BOOST_TEST(lowest("car3", 95s, 120s) < .15);

  advance(65s);
  // It recovers in its own group; the others lose nothing by its absence.
  BOOST_TEST(group_of("car3") == alone);
  BOOST_TEST(accuracy("car3") > .35);
  for (const auto* car : {"car1", "car2"})
    BOOST_TEST(lowest(car, 120s, 180s) > .4);

  advance(40s);
  // Out of the tunnel the group of the others suits it better than its own again.
  BOOST_TEST(group_of("car3") == together);
  BOOST_TEST(status().groups.size() == 1u);
  BOOST_TEST(happened(event_id::group_united));
  BOOST_TEST(accuracy("car3") > .5);
  BOOST_TEST(all(event_id::group_left, "car1").empty());
  BOOST_TEST(all(event_id::group_left, "car2").empty());
}

BOOST_FIXTURE_TEST_CASE(half_a_group_that_enters_a_tunnel_splits_off_and_both_halves_recover, vehicles) {
  start({"car1", "car2", "car3", "car4"});
  add_worker("gpu0");
  add_vehicle("car1", 0);
  add_vehicle("car2", 1);
  add_vehicle("car3", 2, 95s);
  add_vehicle("car4", 3, 95s);
  advance(90s);
  BOOST_TEST(status().groups.size() == 1u);
  const auto together = group_of("car1");
  advance(90s);
  BOOST_TEST(status().groups.size() == 2u);
  BOOST_TEST(group_of("car1") == together);
  BOOST_TEST(group_of("car2") == together);
  BOOST_TEST(group_of("car3") != together);
  BOOST_TEST(group_of("car3") == group_of("car4"));
  BOOST_TEST(all(event_id::group_split).size() == 1u);
  for (const auto* car : {"car3", "car4"}) {
    BOOST_TEST(lowest(car, 95s, 130s) < .15);
    BOOST_TEST(accuracy(car) > .3);
  }
  for (const auto* car : {"car1", "car2"})
    BOOST_TEST(lowest(car, 120s, 180s) > .4);
}

BOOST_FIXTURE_TEST_CASE(two_groups_that_drifted_apart_become_alike_and_unite, vehicles) {
  // Each works in a place of its own until both are sent to the harbour.
  start({"patrol1", "patrol2"});
  add_worker("gpu0");
  const auto add = [this](const std::string& name, location home, std::uint8_t sees, int cars) {
    add_camera(
      name, home, [=](duration now) { return now < 30s ? suburb : now < 105s ? sees : harbour; },
      [=](duration now) { return now < 105s ? home : behind({47.45, 8.56}, cars); });
  };
  add("patrol1", road, city, 0);
  add("patrol2", tunnel, dark, 1);
  advance(100s);
  BOOST_TEST(status().groups.size() == 2u);
  BOOST_TEST(accuracy("patrol1") > .3);
  BOOST_TEST(accuracy("patrol2") > .3);
  advance(80s);
  BOOST_TEST(status().groups.size() == 1u);
  BOOST_TEST(group_of("patrol1") == group_of("patrol2"));
  BOOST_TEST(happened(event_id::group_drifted));
  BOOST_TEST(all(event_id::group_united).size() == 1u);
  BOOST_TEST(accuracy("patrol1") > .4);
  BOOST_TEST(accuracy("patrol2") > .4);
}

BOOST_FIXTURE_TEST_CASE(a_fleet_that_darkens_together_has_one_group_whoever_asks_first, vehicles) {
  start({"car1", "car2", "car3", "car4"});
  add_worker("gpu0");
  for (const auto* car : {"car4", "car2", "car1", "car3"})
    add_vehicle(car, car[3] - '1');
  advance(80s);
  BOOST_TEST(status().groups.size() == 1u);
  BOOST_TEST(status().groups.front().members.size() == 4u);
}
