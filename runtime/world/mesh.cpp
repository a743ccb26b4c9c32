// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/mesh.hpp"

namespace ecco::world {

face& mesh::add(material made_of, rgb colour, std::span<const vec3> around) {
  face made;
  made.made_of = made_of;
  made.colour = colour;
  made.count = static_cast<std::uint8_t>(around.size());
  made.first = static_cast<std::uint32_t>(corners.size());
  corners.insert(corners.end(), around.begin(), around.end());
  made.origin = around[0];
  made.along = unit(around[1] - around[0]);
  const vec3 across = around[around.size() - 1] - around[0];
  made.up = unit(across - made.along * dot(across, made.along));
  made.normal = unit(cross(around[1] - around[0], around[2] - around[1]));
  faces.push_back(made);
  return faces.back();
}

void mesh::box(material walls, rgb wall_colour, material top, rgb top_colour, vec2 middle, vec2 turn,
               float long_side, float short_side, float from, float to) {
  const vec2 ahead = turn * (long_side / 2), right = right_of(turn) * (short_side / 2);
  const std::array<vec2, 4> base{middle - ahead + right, middle + ahead + right, middle + ahead - right,
                                 middle - ahead - right};
  for (std::size_t i = 0; i < 4; ++i) {
    const vec2 a = base[i], b = base[(i + 1) % 4];
    auto& wall =
        quad(walls, wall_colour, at_height(a, from), at_height(b, from), at_height(b, to), at_height(a, to));
    wall.seed = static_cast<std::uint32_t>(i);
  }
  quad(top, top_colour, at_height(base[0], to), at_height(base[1], to), at_height(base[2], to),
       at_height(base[3], to));
}

face& add_ground(mesh& to, material made_of, rgb colour, std::span<const vec2> around) {
  std::array<vec3, 16> corners;
  const auto count = std::min(around.size(), corners.size());
  for (std::size_t i = 0; i < count; ++i)
    corners[i] = at_height(around[i], 0);
  auto& made = to.add(made_of, colour, std::span{corners}.first(count));
  made.origin = {};
  made.along = {1, 0, 0};
  made.up = {0, 1, 0};
  return made;
}

face& add_ground(mesh& to, material made_of, rgb colour, const rect& area) {
  const std::array<vec2, 4> around{
      vec2{area.x0, area.y0}, {area.x1, area.y0}, {area.x1, area.y1}, {area.x0, area.y1}};
  return add_ground(to, made_of, colour, around);
}

} // namespace ecco::world
