// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/world.

#include <vector>

#include "runtime/world/light.hpp"
#include "runtime/world/vehicle_shapes.hpp"
#include "runtime/world/world.hpp"

namespace ecco::world {

/// Something that casts a shadow on the street: an upright body.
struct caster {
  vec2 at, ahead;
  size3 size;
};

/// What moves, as one picture shows it.
struct moving_scene {
  std::vector<drawn_object> objects;
  std::vector<caster> casters;
  std::vector<shining> lamps;
  /// Pixels per second that each object moves in the picture.
  std::vector<vec2> drift;
  /// Kept from picture to picture for its memory.
  mesh shapes;
  std::vector<vehicle> vehicles;
  std::vector<walker> people;
};

/// Could something within this sphere be seen, at least about `smallest` pixels high?
bool may_be_seen(const view& from, vec3 middle, float radius, float smallest);

/// Draws all that never moves. @param clear no tree stands nearer than this, metres
void draw_still(const world& in, raster& to, mesh& scratch, float clear);

/// Draws what moves at `t`, except what carries the camera.
void draw_moving(const world& in, const camera_state& camera, const lighting& light, double t, raster& to,
                 moving_scene& scene);

/// Marks where the ground lies in the shadow of sun or moon (bit 1), and under something (bit 2).
void mark_shadows(const world& in, const lighting& light, const moving_scene& scene, raster& from,
                  sample_marks& marks);

/// The share of sunlight that buildings leave at a point.
float sunlight_at(const world& in, const lighting& light, vec3 p);

} // namespace ecco::world
