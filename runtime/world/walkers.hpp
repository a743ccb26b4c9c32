// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/world/city_map.hpp"
#include "runtime/world/traffic.hpp"

namespace ecco::world {

/// A person at one moment.
struct walker {
  std::uint64_t id = 0;
  std::uint32_t look = 0;
  vec2 at, ahead;
  /// Body height, metres.
  float height = 1.75f;
  /// m/s; 0 stands.
  float speed = 0;
  /// Metres it has gone: moves the legs.
  float travelled = 0;
};

/// People on foot, in closed form: each goes round a block, along a path of the park, or waits at a light,
/// crosses the street while it may, and disappears in a house.
class walkers {
 public:
  walkers(const city& in, day_clock clock);

  /// Everybody at `t` seconds, appended to `to`.
  void at(double t, std::vector<walker>& to) const;

 private:
  void round_blocks(double t, std::vector<walker>& to) const;
  void on_paths(double t, std::vector<walker>& to) const;
  void over_streets(double t, std::vector<walker>& to) const;

  std::uint64_t seed_;
  day_clock clock_;
  std::vector<block> blocks_;
};

} // namespace ecco::world
