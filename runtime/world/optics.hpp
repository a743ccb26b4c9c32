// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/world.

#include "runtime/world/illuminate.hpp"

namespace ecco::world {

/// Wet ground and water mirror what stands behind them.
void add_reflections(lit_picture& to);

/// The glare of lamps, and its reflection on wet ground.
void add_glare(const world& in, const lighting& light, const moving_scene& scene, const raster& from,
               lit_picture& to);

/// What moves while the shutter is open smears. @param open for how many seconds
void blur_motion(const moving_scene& scene, const camera_state& camera, const raster& from, float open,
                 lit_picture& to);

/// Rain, snow and drops on the lens between camera and world.
void add_precipitation(const lighting& light, const camera_state& camera, std::uint64_t draw, double t,
                       lit_picture& to);

} // namespace ecco::world
