// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/world.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/world/city_map.hpp"
#include "runtime/world/sumo_files.hpp"

namespace ecco::world {

/// An intersection, or where a street leaves the map.
struct network_node {
  std::string id;
  vec2 at;
  int column = 0, row = 0;
  bool crossing = false;
  /// Of the nodes to the east, north, west, and south, where a street leads there.
  std::array<std::optional<std::size_t>, 4> leads_to{};
};

/// The streets' nodes, intersections first.
std::vector<network_node> street_nodes();

/// A direction of a street between two neighbouring nodes, as SUMO calls it.
std::string edge_between(const network_node& from, const network_node& to);
/// Has the street between them walks? The tunnel has none.
bool has_walks(const network_node& from, const network_node& to);

/// An element without content, on a line of its own.
std::string element(int depth, std::string_view name,
                    const std::vector<std::pair<std::string_view, std::string>>& attributes, bool open = false);
/// A whole file of such lines.
std::string xml_file(std::string_view root, const std::string& inside);
/// Metres or seconds, to a thousandth.
std::string decimal(double value);

/// netconvert's four files.
std::vector<named_text> plain_network(std::uint64_t seed);
/// city.rou.xml.
named_text demand_of(std::uint64_t seed);

} // namespace ecco::world
