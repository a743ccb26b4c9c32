// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/grouping.hpp"
#include "runtime/world/fleet.hpp"

namespace ecco {

/// Cameras of one city as a configuration is to have them.
struct fleet_request {
  world::fleet_plan fleet;
  /// Of the city.
  std::uint64_t seed = 1;
  /// Pictures a second, 0.1..60.
  double fps = 10;
};

struct fleet_camera {
  /// What `source` reads back to.
  world::camera_plan plan;
  std::string source;
  /// Where it stands at the beginning.
  location place;
};

/// Reads `district=1,weather=.5,timing=0,lighting=1`; what is not named is 1.
/// @returns `invalid_argument` for other names, a name twice, and what is no number in [0, 1]
result<world::similarity> read_similarity(std::string_view text);

/// A drift of a fleet: what changes, how much, when.
struct fleet_drift {
  world::change_kind kind = world::change_kind::rain;
  float amount = 1;
  double at = 60;

  friend bool operator==(const fleet_drift&, const fleet_drift&) = default;
};

/// Reads `KIND@SECOND` or `KIND=AMOUNT@SECOND`: rain and snow (1 when no amount is said), cloud (1), fog (.025), hour
/// (22.5). @returns `invalid_argument`
result<fleet_drift> read_drift(std::string_view text);

/// @returns `invalid_argument` for values out of their ranges, drones in the tunnel
result<std::vector<fleet_camera>> make_fleet_cameras(const fleet_request& asked);

/// A configuration file of them, with the city's classes and its truth as the teacher; settings of files that follow
/// it hold instead. @param about a line that says how it was made
std::string to_config(const std::vector<fleet_camera>& cameras, const std::string& about);

} // namespace ecco
