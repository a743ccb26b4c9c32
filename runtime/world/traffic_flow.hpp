// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/world.

#include <vector>

#include "runtime/world/traffic.hpp"

namespace ecco::world {

/// The ways through the map, without their timing.
std::vector<slot> make_slots(std::uint64_t seed);

/// Drives all slots for some cycles until traffic repeats itself, and notes how far each has gone when in the
/// last.
void simulate_cycle(std::uint64_t seed, std::vector<slot>& slots);

/// The point `s` metres from the path's beginning; beyond its ends it goes on straight.
vec2 point_on(const slot& from, float s);

/// A part of a way: a lane between two intersections, or the way across one.
struct way_part {
  /// Names the lane: vehicles of one lane follow each other.
  int lane = 0;
  float begins = 0, ends = 0;
  /// The intersection it crosses or leads to; -1 when it leaves the map.
  int column = -1, row = -1, approach = 0;
  bool crossing = false, turns = false;
};

/// The parts of a slot's way, in order.
std::vector<way_part> parts_of(std::uint64_t seed, std::size_t index);

} // namespace ecco::world
