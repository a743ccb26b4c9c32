// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/fleet_plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "runtime/base/random.hpp"

namespace ecco {

namespace {

/// Of a degree of latitude, anywhere.
constexpr double metres_a_degree = 111'195;

/// Number of each condition: 0 is the one that the first student knows, the others follow by name.
std::map<std::string, std::uint8_t> number_conditions(const experiment_settings& experiment) {
  std::map<std::string, std::uint8_t> numbers;
  for (const auto& [id, region] : experiment.regions)
    for (const auto& condition : region.conditions)
      numbers[condition.shows] = 0;
  numbers.erase(experiment.known);
  std::uint8_t next = 1;
  for (auto& [word, number] : numbers)
    number = next++;
  numbers[experiment.known] = 0;
  return numbers;
}

/// Evenly over the circle's area.
location strew(const location& middle, double radius_m, random_engine& random) {
  const auto away = radius_m * std::sqrt(uniform(random)) / metres_a_degree;
  const auto angle = 2 * std::numbers::pi * uniform(random);
  const auto shrink = std::max(0.01, std::cos(middle.latitude * std::numbers::pi / 180));
  return {std::clamp(middle.latitude + away * std::cos(angle), -90.0, 90.0),
          std::clamp(middle.longitude + away * std::sin(angle) / shrink, -180.0, 180.0)};
}

} // namespace

std::uint8_t planned_camera::condition_at(duration stream_time) const {
  const auto next = std::upper_bound(changes.begin(), changes.end(), stream_time,
                                     [](duration t, const planned_change& change) { return t < change.at; });
  return next == changes.begin() ? std::uint8_t{0} : (next - 1)->condition;
}

std::vector<planned_camera> plan_fleet(const settings& from) {
  const auto numbers = number_conditions(from.experiment);
  std::vector<planned_camera> out;
  for (const auto& [id, region] : from.experiment.regions)
    for (std::uint32_t i = 0; i < region.cameras; ++i) {
      planned_camera camera;
      camera.name = name_in(id, region, i);
      camera.region = id;
      random_engine random{seed_for(from.seed, "simulated camera " + camera.name.value)};
      camera.place = strew(region.place, region.spread.value, random);
      const auto late = from_seconds(uniform(random) * seconds_of(region.stagger));
      for (const auto& condition : region.conditions)
        camera.changes.push_back({condition.at + late, numbers.at(condition.shows), condition.shows});
      camera.phase = from_seconds(uniform(random) / from.experiment.fps);
      camera.seed = random();
      out.push_back(std::move(camera));
    }
  return out;
}

} // namespace ecco
