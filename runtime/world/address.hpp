// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "runtime/world/world.hpp"

namespace ecco::world {

/// Everything that a camera of the city is, as one line of text can say it.
struct address {
  world_options world;
  camera_plan camera;
  /// Pictures a second, 0.1..60.
  double fps = 10;
  /// The world's second at which the first picture is taken, 0..1e9.
  double at = 0;

  friend bool operator==(const address&, const address&) = default;
};

inline constexpr std::string_view address_scheme = "world:";

/// Reads `world:NAME?KEY=VALUE&...`, NAME as `camera_named` has it:
///   seed=7, fps=10, size=320x192, at=3600, formation=1
///   hour=9.5, rain=0.4, snow=1, fog=0.02, cloud=0.3   how it begins
///   rain=1@30   from second 30 on; several between commas: rain=1@30,0@120
///   over=8      how many seconds a change takes
///   to=tunnel@60   where a camera on a vehicle or a drone goes
///   traffic=FILE   recorded by SUMO (Note [SUMO's traffic]) in place of the city's own; best on the city's streets
///               (Note [The city for SUMO]), traffic-scale=1, traffic-east=0, traffic-north=0 place any other network
/// The seconds of changes and moves count from the first picture.
/// @returns `invalid_argument` that names what is wrong in it; whatever `fcd_trace::read` says of a trace
result<address> read_address(const std::string& text);

/// Something that is going to happen to a camera.
struct announcement {
  /// Seconds from its first picture.
  double at = 0;
  /// As its address says it: "rain=1", "to=tunnel".
  std::string what;
};

/// All that happens to the camera of an address, in ascending order of time.
std::vector<announcement> announcements(const address& of);

/// The inverse. @returns `unsupported` for what no address can say: a world that begins at another hour than its
/// camera's, changes of different lengths, a name that says something else.
result<std::string> write_address(const address& of);

} // namespace ecco::world
