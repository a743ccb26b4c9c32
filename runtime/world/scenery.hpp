// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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

/// A disc of leaves that faces who looks at it.
struct leaves {
  vec3 middle;
  float radius = 0;
  rgb colour;
  std::uint32_t seed = 0;
  /// Its corners, from its middle to the side and up.
  std::array<vec2, 11> around;
};

/// A tree as it stands there.
struct tree_shape {
  rgb leaf;
  /// None on a conifer.
  std::vector<leaves> crown;
};

/// All that never moves. Ground first, in the order in which it lies one over the other.
struct scenery {
  mesh shapes;
  std::vector<cluster> clusters;
  /// One for each tree of the city.
  std::vector<tree_shape> trees;
};

scenery make_scenery(const city& of);

/// The crown of a tree, and its trunk, as `eye` sees them.
void add_tree(mesh& to, const tree& from, const tree_shape& shape, vec3 eye);

/// The lamps of the signals at one intersection as they are at `t`.
void add_signal_lights(mesh& to, std::uint64_t seed, int column, int row, double t);

/// Where a street lamp's light comes from.
inline vec3 light_of(const lamp_post& post) {
  return at_height(post.foot + post.arm * 1.9f, 6.85f);
}

} // namespace ecco::world
