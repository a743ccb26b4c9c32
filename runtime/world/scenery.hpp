// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runtime/world/city_map.hpp"
#include "runtime/world/mesh.hpp"

namespace ecco::world {

/// Faces that stand together, within a sphere.
struct cluster {
  std::uint32_t first = 0, count = 0;
  vec3 middle;
  float radius = 0;
};

/// All that never moves. Ground first, in the order in which it lies one over the other.
struct scenery {
  mesh shapes;
  std::vector<cluster> clusters;
};

scenery make_scenery(const city& of);

/// The crown of a tree as discs that face `eye`, and its trunk.
void add_tree(mesh& to, const tree& from, vec3 eye);

/// The lamps of the signals at one intersection as they are at `t`.
void add_signal_lights(mesh& to, std::uint64_t seed, int column, int row, double t);

/// Where a street lamp's light comes from.
inline vec3 light_of(const lamp_post& post) {
  return at_height(post.foot + post.arm * 1.9f, 6.85f);
}

} // namespace ecco::world
