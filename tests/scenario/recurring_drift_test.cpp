// SPDX-License-Identifier: Apache-2.0
// A condition that comes again: with the zoo a camera has its model back as soon as it asks, without it is learnt anew.
#include <algorithm>
#include <limits>

#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417};
/// Each long enough for its job to converge and end: a job that lives on drifts along with its group, and asks for nothing.
constexpr duration rain = 60s, night = 240s, rain_again = 600s;

struct changing_weather : simulated_fleet {
  void begin(zoo_mode kept) {
    curve.forgetting = 1; // who learns the one forgets the other
    curve.scale = 50;     // learnt within the time that a job lives: its last windows gain nothing, and it ends
    zoo_of_fleet.mode = kept;
    start({"left"});
    add_worker("gpu0");
    add_camera("left", market, [](duration now) {
      return static_cast<std::uint8_t>(now < rain ? 0 : now < night ? 1 : now < rain_again ? 2 : 1);
    });
    advance(rain_again + 150s);
  }

  /// From the return of the rain until the camera measures .6 again, after it had fallen; forever if it does not.
  double seconds_to_recover() const {
    bool fell = false;
    for (const auto& reading : all(event_id::accuracy_deployed, "left")) {
      fell |= reading.at >= rain_again && reading.value < .3;
      if (fell && reading.value >= .6)
        return seconds_of(reading.at - rain_again);
    }
    return std::numeric_limits<double>::infinity();
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_condition_that_comes_again_is_recovered_from_sooner_with_the_zoo, changing_weather) {
  changing_weather without;
  without.begin(zoo_mode::off);
  BOOST_TEST(!without.happened(event_id::zoo_admitted));
  begin(zoo_mode::all);
  BOOST_TEST_REQUIRE(all(event_id::zoo_admitted).size() >= 2u); // rain's model, and night's
  const auto chosen = all(event_id::zoo_selected, "left");
  BOOST_TEST_REQUIRE(!chosen.empty());
  BOOST_TEST(chosen.back().value == all(event_id::zoo_admitted).front().value);
  BOOST_TEST_MESSAGE("recovered in " << seconds_to_recover() << " s with the zoo, in "
                                     << without.seconds_to_recover() << " s without");
  BOOST_TEST(seconds_to_recover() < without.seconds_to_recover());
}

BOOST_FIXTURE_TEST_CASE(the_gate_does_in_this_as_well_as_trying_every_model, changing_weather) {
  changing_weather oracle;
  oracle.begin(zoo_mode::all);
  zoo_of_fleet.top = 1;
  begin(zoo_mode::recl);
  const auto mine = all(event_id::zoo_selected, "left"), theirs = oracle.all(event_id::zoo_selected, "left");
  BOOST_TEST_REQUIRE(!mine.empty());
  BOOST_TEST_REQUIRE(mine.size() == theirs.size());
  for (std::size_t i = 0; i < mine.size(); ++i)
    BOOST_TEST(mine[i].value == theirs[i].value);
}
