// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runtime/world/cameras.hpp"

namespace ecco::world {

/// How alike cameras are, each in [0, 1]: 1 as alike as can be, 0 as different.
struct similarity {
  /// The share of cameras in the same district.
  float district = 1;
  /// The share of cameras that the same kind of weather reaches.
  float weather = 1;
  /// 1: it reaches all at once; 0: one after the other, `spread` seconds from the first to the last.
  float timing = 1;
  /// 1: all have the same time of day; 0: up to twelve hours apart.
  float lighting = 1;
};

struct fleet_plan {
  /// Seed of what differs; not the seed of the city.
  std::uint64_t seed = 1;
  /// 1..1000.
  std::uint32_t cameras = 6;
  mount on = mount::pole;
  district home = district::downtown;
  float hour = 10;
  /// The drift that comes at second `at`.
  change_kind drift = change_kind::rain;
  float amount = 1;
  double at = 60, spread = 120;
  similarity alike;
  std::uint16_t width = 320, height = 192;
};

/// Cameras that drift together as far as their similarity says; those with low numbers are alike first.
std::vector<camera_plan> make_fleet(const fleet_plan& of);

} // namespace ecco::world
