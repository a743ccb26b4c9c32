// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/world.

#include "runtime/world/mesh.hpp"

namespace ecco::world {

/// A rod between two points, as a strip that faces `eye`, shaded as if it were round.
void add_limb(mesh& to, vec3 a, vec3 b, float radius_a, float radius_b, rgb colour, vec3 eye);

/// A ball, as a disc that faces `eye`.
void add_ball(mesh& to, vec3 middle, float radius, rgb colour, vec3 eye);

} // namespace ecco::world
