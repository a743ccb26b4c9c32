// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/world/geometry.hpp"

namespace ecco::world {

enum class district : std::uint8_t { suburb, downtown, park, tunnel, highway };
inline constexpr std::array<std::string_view, 5> district_names{"suburb", "downtown", "park", "tunnel",
                                                                "highway"};

/// Streets form a grid; traffic keeps to the right. Distances are metres from a street's middle.
namespace street {
inline constexpr int columns = 7, rows = 5;
inline constexpr float column_pitch = 96, row_pitch = 84;
/// Where streets leave the map.
inline constexpr float west = -390, east = 390, south = -258, north = 236;
inline constexpr float lane = 1.8f, bike_lane = 4.45f, parking = 6.3f, curb = 7.4f, walk = 9.1f, lots = 10.8f;
/// Of an intersection's middle: where crossings for people lie and where cars stop for them.
inline constexpr float zebra_from = 8.2f, zebra_to = 11.4f, stop_line = 12.6f;

/// Whoever comes from side `approach` of an intersection goes there: 0 east, 1 north, 2 west, 3 south.
inline constexpr std::array<vec2, 4> directions{vec2{1, 0}, {0, 1}, {-1, 0}, {0, -1}};

constexpr float x_of(int column) {
  return static_cast<float>(column - columns / 2) * column_pitch;
}
constexpr float y_of(int row) {
  return static_cast<float>(row - rows / 2) * row_pitch;
}
} // namespace street

/// The southernmost street runs through a hill in the park.
namespace tunnel {
inline constexpr float from_x = 28, to_x = 172, middle_y = street::y_of(0), half_width = 6.4f, height = 5.3f;
inline constexpr rect inside{from_x, middle_y - half_width, to_x, middle_y + half_width};
inline constexpr rect hill{from_x, middle_y - 48, to_x, middle_y + 46};
inline constexpr float hill_height = 8.5f, slope = 13;
} // namespace tunnel

namespace highway {
inline constexpr float middle_y = 268, west = -470, east = 470, lane_width = 3.7f, median = 1.6f,
                       half_width = 15.5f;
inline constexpr int lanes = 3;
} // namespace highway

/// How much of daylight is kept from `p` by the tunnel: 0 outside, 1 deep inside.
float covered(vec2 p);
/// The same for a whole picture's ends: true if any covering is near enough to matter.
bool near_tunnel(vec2 p, float reach);

enum class building_style : std::uint8_t { office, brick, house, shed };

struct building {
  rect base;
  float height = 0;
  building_style style{};
  rgb walls, roof;
  std::uint32_t seed = 0;
};

struct tree {
  vec2 foot;
  /// Base of the tree above the street, its height, and the crown's radius.
  float ground = 0, height = 0, radius = 0;
  bool conifer = false;
  std::uint32_t seed = 0;
};

struct lamp_post {
  vec2 foot;
  /// Towards the road, a unit vector.
  vec2 arm;
};

/// A place to park by the curb, and the way the car looks.
struct parking_spot {
  vec2 at, ahead;
  district where{};
};

/// A block between streets.
struct block {
  rect area;
  district kind{};
  std::uint32_t seed = 0;
};

/// What stands where; the streets are the same in every city, what lines them comes from the seed.
struct city {
  std::uint64_t seed = 0;
  std::vector<block> blocks;
  std::vector<building> buildings;
  std::vector<tree> trees;
  std::vector<lamp_post> lamps;
  std::vector<parking_spot> spots;
};

city make_city(std::uint64_t seed);

/// Is there an intersection of this column and row?
constexpr bool is_crossing(int column, int row) {
  return column >= 0 && column < street::columns && row >= 0 && row < street::rows
         && !(column == 4 && row == 0);
}

/// The district that a point lies in.
district district_at(vec2 p);
std::optional<district> district_named(std::string_view name);

} // namespace ecco::world
