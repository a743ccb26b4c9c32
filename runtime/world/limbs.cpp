// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/limbs.hpp"

namespace ecco::world {

void add_limb(mesh& to, vec3 a, vec3 b, float radius_a, float radius_b, rgb colour, vec3 eye) {
  const vec3 way = b - a;
  const vec3 side = unit(cross(way, a - eye));
  // Ends are round: the strip goes on a little.
  const vec3 more = unit(way);
  const vec3 from = a - more * (radius_a * .6f), till = b + more * (radius_b * .6f);
  auto& made = to.quad(material::limb, colour, from - side * radius_a, from + side * radius_a,
                       till + side * radius_b, till - side * radius_b);
  made.thin = true;
  made.origin = (a + b) * .5f;
  made.along = side * (2 / (radius_a + radius_b));
  made.up = more;
}

void add_ball(mesh& to, vec3 middle, float radius, rgb colour, vec3 eye) {
  const vec3 look = unit(middle - eye), side = unit(cross(look, {0, 0, 1})), top = cross(side, look);
  std::array<vec3, 8> around;
  for (std::size_t i = 0; i < around.size(); ++i)
    around[i] = middle + side * (rim<8>()[i].x * radius) + top * (rim<8>()[i].y * radius);
  auto& made = to.add(material::limb, colour, around);
  made.thin = true;
  made.origin = middle;
  made.along = side * (1 / radius);
  made.up = top;
}

} // namespace ecco::world
