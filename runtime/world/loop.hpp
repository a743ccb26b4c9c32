// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "runtime/world/geometry.hpp"

namespace ecco::world {

struct loop_point {
  vec2 at, ahead;
};

/// Length of a loop that runs `radius` outside of `inner`, round its corners.
inline float loop_length(const rect& inner, float radius) {
  return 2 * (inner.width() + inner.depth()) + 2 * pi * radius;
}

/// The point `s` metres along that loop, counter-clockwise, moved `out` metres outwards.
inline loop_point on_loop(const rect& inner, float radius, float s, float out) {
  const std::array<vec2, 4> corners{
      vec2{inner.x0, inner.y0}, {inner.x1, inner.y0}, {inner.x1, inner.y1}, {inner.x0, inner.y1}};
  const float arc = radius * pi / 2;
  for (std::size_t side = 0; side < 4; ++side) {
    const vec2 a = corners[side], b = corners[(side + 1) % 4];
    const vec2 ahead = unit(b - a), away = right_of(ahead);
    const float straight = length(b - a);
    if (s <= straight)
      return {a + ahead * s + away * (radius + out), ahead};
    s -= straight;
    if (s <= arc || side == 3) {
      const float turn = std::min(s / radius, pi / 2);
      const vec2 radial = away * std::cos(turn) + ahead * std::sin(turn);
      return {b + radial * (radius + out), ahead * std::cos(turn) - away * std::sin(turn)};
    }
    s -= arc;
  }
  return {corners[0], {1, 0}};
}

} // namespace ecco::world
