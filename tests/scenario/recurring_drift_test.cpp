// SPDX-License-Identifier: Apache-2.0
// A condition that comes again: with the zoo a camera has its model back as soon as it asks, or as soon as its group is
// seen to have drifted; without it is learnt anew.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417}, market_corner{47.3771, 8.5419};
constexpr duration begins = 60s;

enum class system_kind { ecco, recl };

/// All cameras see the same weather: by ECCO they learn together, by RECL each on its own.
struct changing_weather : simulated_fleet {
  std::vector<std::string> names;
  /// Rain, night and fog last for so long each, before it rains again.
  duration spell{};
  duration rain_again{};

  void begin(system_kind kind, zoo_mode how) {
    curve.forgetting = 1; // who learns the one forgets the other,
    before_drift = 0;     // and nobody rehearses it
    zoo_of_fleet.mode = how;
    allocation = kind == system_kind::ecco ? allocation_kind::ecco : allocation_kind::recl;
    start(names, kind == system_kind::ecco);
    add_worker("gpu0");
    rain_again = begins + 3 * spell;
    const auto sky = [=, this](duration now) {
      return static_cast<std::uint8_t>(now < begins ? 0 : now < rain_again ? 1 + (now - begins) / spell : 1);
    };
    for (const auto& name : names)
      add_camera(name, name == "left" ? market : market_corner, sky);
    advance(rain_again + 120s);
  }

  /// From the return of the rain until a camera measures .6 and more, for good: mean over the cameras, and forever if one
  /// does not. What it measures is its last twelve seconds.
  double seconds_to_recover() const {
    double sum = 0;
    for (const auto& name : names) {
      bool is_well = true;
      double took = 0;
      for (const auto& reading : all(event_id::accuracy_deployed, name)) {
        if (reading.at < rain_again)
          continue;
        if (!is_well || reading.value < .6)
          took = seconds_of(reading.at - rain_again);
        is_well = reading.value >= .6;
      }
      sum += is_well ? took : std::numeric_limits<double>::infinity();
    }
    return sum / static_cast<double>(names.size());
  }

  bool happened_again(std::string_view what) const {
    const auto found = all(what);
    return std::any_of(found.begin(), found.end(), [this](const event& one) { return one.at >= rain_again; });
  }
};

/// The job converges and ends while its weather lasts, so that the camera asks anew.
struct ended_job : changing_weather {
  ended_job() {
    names = {"left"};
    curve.scale = 50;
    spell = 180s;
  }
};

/// No job ends: each drifts along with its cameras, which ask for nothing.
struct lasting_jobs : changing_weather {
  lasting_jobs() {
    names = {"left", "right"};
    curve.scale = 400;
    spell = 180s;
    held_out_frames = 10; // of one window: the fall is seen at its end
    grouping.converged_windows = 1000;
  }
};

template <class Fleet>
void recovers_sooner_with_the_zoo(system_kind kind, bool by_group) {
  Fleet without, with;
  without.begin(kind, zoo_mode::off);
  with.begin(kind, zoo_mode::recl);
  BOOST_TEST(!without.happened(event_id::zoo_admitted));
  for (const auto* run : {&without, &with}) {
    BOOST_TEST(run->happened_again(event_id::request_sent) == !by_group);
    BOOST_TEST((!by_group || run->happened_again(event_id::group_drifted)));
  }
  const auto chosen = with.all(event_id::zoo_selected);
  BOOST_TEST_REQUIRE(!chosen.empty());
  BOOST_TEST((chosen.back().at >= with.rain_again));
  BOOST_TEST_MESSAGE((kind == system_kind::ecco ? "ecco" : "recl") << ": recovered in " << with.seconds_to_recover()
                     << " s with the zoo, in " << without.seconds_to_recover() << " s without");
  BOOST_TEST(without.seconds_to_recover() < 120);
  BOOST_TEST(with.seconds_to_recover() < without.seconds_to_recover());
}

} // namespace

BOOST_AUTO_TEST_CASE(a_camera_that_asks_again_recovers_sooner_with_the_zoo) {
  recovers_sooner_with_the_zoo<ended_job>(system_kind::ecco, false);
  recovers_sooner_with_the_zoo<ended_job>(system_kind::recl, false);
}

BOOST_AUTO_TEST_CASE(a_job_that_drifts_with_its_cameras_recovers_sooner_with_the_zoo) {
  recovers_sooner_with_the_zoo<lasting_jobs>(system_kind::ecco, true);
  recovers_sooner_with_the_zoo<lasting_jobs>(system_kind::recl, true);
}

BOOST_AUTO_TEST_CASE(the_gate_does_in_this_as_well_as_trying_every_model) {
  ended_job gated, oracle;
  oracle.begin(system_kind::ecco, zoo_mode::all);
  gated.zoo_of_fleet.top = 1;
  gated.begin(system_kind::ecco, zoo_mode::recl);
  const auto mine = gated.all(event_id::zoo_selected), theirs = oracle.all(event_id::zoo_selected);
  BOOST_TEST_REQUIRE(!mine.empty());
  BOOST_TEST_REQUIRE(mine.size() == theirs.size());
  for (std::size_t i = 0; i < mine.size(); ++i)
    BOOST_TEST(mine[i].value == theirs[i].value);
}
