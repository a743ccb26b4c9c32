// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/world/city_map.hpp"

namespace ecco::world {

/// Weather and light at one camera and one moment.
struct conditions {
  /// Of the day, for the light only, in [0, 24).
  float hour = 10;
  /// In [0, 1]: clouds before the sun, rain and snow that fall.
  float cloud = .25f, rain = 0, snow = 0;
  /// How strongly fog takes light away: the share that is lost on a metre, 0..0.1.
  float fog = 0;
  /// In [0, 1]: water and snow on the ground; they come with rain and snow and stay a while.
  float wet = 0, white = 0;

  friend bool operator==(const conditions&, const conditions&) = default;
};

enum class change_kind : std::uint8_t { rain, snow, fog, cloud, hour };

/// From `at` (seconds) on, within `over` seconds, something becomes `amount`.
struct change {
  change_kind what{};
  double at = 0;
  float over = 8, amount = 1;

  friend bool operator==(const change&, const change&) = default;
};

/// From `at` (seconds) on, a camera that moves is in this district.
struct move {
  double at = 0;
  district to{};

  friend bool operator==(const move&, const move&) = default;
};

/// What happens to one camera, in ascending order of time.
struct schedule {
  conditions begins;
  std::vector<change> changes;
  std::vector<move> moves;

  friend bool operator==(const schedule&, const schedule&) = default;
};

/// The conditions at `t` seconds. Without a change the light still follows the day.
conditions conditions_at(const schedule& of, double t);

/// The district a moving camera is in at `t`, when its schedule says so.
std::optional<district> district_of(const schedule& of, double t);

} // namespace ecco::world
