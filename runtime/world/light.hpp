// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "runtime/world/schedule.hpp"

namespace ecco::world {

/// The light of one moment, linear, in units of white paper in the noon sun.
struct lighting {
  /// Towards the sun (at night the moon), and its light on a surface that faces it.
  vec3 to_sun{0, 0, 1};
  rgb sun;
  /// From above and, thrown back by the street, from below.
  rgb sky, bounce;
  rgb zenith, horizon;
  /// How hard shadows are, in [0, 1].
  float shadow = 1;
  /// In [0, 1]: street lamps, windows and the vehicles' lamps.
  float lamps = 0;
  bool headlights = false;
  /// Light per metre that fog, rain and snow take away, and their colour.
  float haze = 0;
  rgb haze_colour;
  conditions weather;
};

lighting light_of(const conditions& now);

/// The colour of the sky in direction `ray`. @param clouds in [0, 1] at that place
rgb sky_colour(const lighting& light, vec3 ray, float clouds);

/// How a camera at a place lit like this exposes; `covered` is the share of daylight the tunnel keeps away.
float exposure_for(const lighting& light, float covered);

} // namespace ecco::world
