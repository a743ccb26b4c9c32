// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runtime/world/mesh.hpp"
#include "runtime/world/traffic.hpp"

namespace ecco::world {

/// A lamp that shines: for glare, and for what it lights.
struct shining {
  vec3 at;
  rgb colour;
  /// Radius of its glare as if it stood a metre from a camera of focal length 1.
  float size = .1f;
  /// Where it shines to; zero: everywhere.
  vec3 ahead;
};

/// Its body. @param lit headlamps and tail lamps are on; braking shows in any light
/// @param lamps gets what shines, when not null
/// @param pixels how high it is in the picture: what would be smaller than a pixel is left out
void add_vehicle(mesh& to, const vehicle& from, bool lit, vec3 eye, float pixels,
                 std::vector<shining>* lamps);

/// The bicycle without its rider.
void add_bicycle(mesh& to, const vehicle& from, vec3 eye, float pixels);

/// Paint of a vehicle, for tests and for people.
rgb paint_of(const vehicle& from);

} // namespace ecco::world
