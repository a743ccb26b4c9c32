// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/world.

#include <vector>

#include "runtime/world/scene.hpp"
#include "runtime/world/sensor.hpp"

namespace ecco::world {

/// What lighting a picture needs, kept from picture to picture for its memory.
struct lit_picture {
  light_picture light;
  /// The light before something smeared it.
  light_picture sharp;
  /// How strongly each pixel mirrors what stands behind it (wet ground).
  std::vector<float> mirror;
  bool mirrors = false;
  /// Light of headlamps on the ground.
  std::vector<float> beams;
  bool has_beams = false;
};

/// Lets light fall on the surfaces, and air and sky lie before and behind them.
void illuminate(const world& in, const lighting& light, const moving_scene& scene, const raster& from,
                const surfaces& what, const sample_marks& marks, double t, lit_picture& to);

/// Lights the ground before the vehicles.
void add_beams(const lighting& light, const moving_scene& scene, raster& from, lit_picture& to);

} // namespace ecco::world
