// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/world/geometry.hpp"

namespace ecco::world {

enum class signal : std::uint8_t { green, yellow, red };

/// Every intersection serves its two streets one after the other; nobody turns left, so that nobody's way is
/// crossed. Then people and bicycles go in all directions. All have one cycle: what queues at a light is the
/// same a cycle later.
namespace signals {
inline constexpr double cycle = 80, street_phase = 31, green = 27, yellow = 2.2, walk_from = 62, walk = 8.5;

/// How far the cycle of an intersection is at `t` (seconds), in [0, cycle).
inline double phase_of(std::uint64_t seed, int column, int row, double t) {
  const double shift = fraction(hashed(seed, 40, column, row)) * cycle;
  const double at = std::fmod(t + shift, cycle);
  return at < 0 ? at + cycle : at;
}

/// What who comes from side `approach` sees (0 going east, 1 north, 2 west, 3 south).
inline signal of_cars(double phase, int approach) {
  const double at = phase - street_phase * (approach % 2);
  if (at >= 0 && at < green)
    return signal::green;
  return at >= green && at < green + yellow ? signal::yellow : signal::red;
}

inline bool may_walk(double phase) {
  return phase >= walk_from && phase < walk_from + walk;
}
} // namespace signals

} // namespace ecco::world
