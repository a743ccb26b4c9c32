// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/world/geometry.hpp"

namespace ecco::world {

/// What a face is made of: which texture it has, and how it answers to light, rain and snow.
enum class material : std::uint8_t {
  plain,
  // On the ground, seen from above.
  grass,
  street,
  crossing,
  zebra,
  paving,
  plaza,
  gravel,
  water,
  highway,
  drive,
  // Buildings and what stands by the road.
  office,
  brick,
  house,
  tiles,
  flat_roof,
  concrete,
  tunnel_wall,
  tunnel_ceiling,
  foliage,
  bark,
  metal,
  sign,
  // Vehicles and people.
  paint,
  side,
  glass,
  bus_side,
  cargo,
  rubber,
  wheel,
  lamp,
  limb,
};

/// A convex polygon in space, corners counter-clockwise for who sees its front. Texture coordinates of a
/// point p are u = (p - origin) * along, v = (p - origin) * up, mostly in metres.
struct face {
  material made_of = material::plain;
  std::uint8_t count = 0;
  /// Seen from both sides.
  bool thin = false;
  /// How much of the sky it mirrors, in [0, 1].
  float gloss = 0;
  rgb colour;
  /// Light of its own (lamps), linear.
  rgb glow;
  std::uint32_t seed = 0;
  std::uint32_t first = 0;
  vec3 origin, along, up;
  /// Towards who sees its front.
  vec3 normal;
};

/// Faces and the corners they share.
struct mesh {
  std::vector<vec3> corners;
  std::vector<face> faces;

  void clear() {
    corners.clear();
    faces.clear();
  }
  /// Adds a face. Its texture begins at the first corner, u along the first side, v across it.
  face& add(material made_of, rgb colour, std::span<const vec3> around);
  face& quad(material made_of, rgb colour, vec3 a, vec3 b, vec3 c, vec3 d) {
    const std::array around{a, b, c, d};
    return add(made_of, colour, around);
  }
  /// The four walls and the top of an upright box. `turn` is the direction of its length.
  void box(material walls, rgb wall_colour, material top, rgb top_colour, vec2 middle, vec2 turn,
           float long_side, float short_side, float from, float to);
};

/// The corners of a regular polygon around 0 whose radius is 1, counter-clockwise from {1, 0}; last comes the
/// first again, as far round as rounding brings it.
template <std::size_t Corners>
const std::array<vec2, Corners + 1>& rim() {
  static const auto corners = [] {
    std::array<vec2, Corners + 1> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      const float turn = static_cast<float>(i) * 2 * pi / static_cast<float>(Corners);
      made[i] = {std::cos(turn), std::sin(turn)};
    }
    return made;
  }();
  return corners;
}

/// A polygon on the ground, u = x and v = y of the world.
face& add_ground(mesh& to, material made_of, rgb colour, std::span<const vec2> around);
face& add_ground(mesh& to, material made_of, rgb colour, const rect& area);

} // namespace ecco::world
