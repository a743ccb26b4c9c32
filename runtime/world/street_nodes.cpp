// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/sumo_network.hpp"

namespace ecco::world {

std::vector<network_node> street_nodes() {
  std::vector<network_node> all;
  std::array<std::array<std::size_t, street::rows>, street::columns> number{};
  for (int column = 0; column < street::columns; ++column)
    for (int row = 0; row < street::rows; ++row)
      if (is_crossing(column, row)) {
        number[static_cast<std::size_t>(column)][static_cast<std::size_t>(row)] = all.size();
        all.push_back({"c" + std::to_string(column) + "_" + std::to_string(row),
                       {street::x_of(column), street::y_of(row)},
                       column,
                       row,
                       true});
      }
  const auto crossings = all.size();
  for (std::size_t i = 0; i < crossings; ++i)
    for (int way = 0; way < 4; ++way) {
      const vec2 d = street::directions[static_cast<std::size_t>(way)];
      int column = all[i].column, row = all[i].row;
      // The street of column 4 ends in the north of the park.
      if (column == 4 && row == 1 && way == 3)
        continue;
      do {
        column += static_cast<int>(d.x);
        row += static_cast<int>(d.y);
      } while (column >= 0 && column < street::columns && row >= 0 && row < street::rows && !is_crossing(column, row));
      if (is_crossing(column, row)) {
        all[i].leads_to[static_cast<std::size_t>(way)] =
            number[static_cast<std::size_t>(column)][static_cast<std::size_t>(row)];
        continue;
      }
      static constexpr std::array<const char*, 4> sides{"east", "north", "west", "south"};
      network_node gate;
      gate.id = sides[static_cast<std::size_t>(way)] + std::to_string(way % 2 == 0 ? all[i].row : all[i].column);
      gate.at = {way == 0   ? street::east
                 : way == 2 ? street::west
                            : all[i].at.x,
                 way == 1   ? street::north
                 : way == 3 ? street::south
                            : all[i].at.y};
      gate.leads_to[static_cast<std::size_t>((way + 2) % 4)] = i;
      all[i].leads_to[static_cast<std::size_t>(way)] = all.size();
      all.push_back(std::move(gate));
    }
  return all;
}

std::string edge_between(const network_node& from, const network_node& to) {
  return from.id + "_to_" + to.id;
}

bool has_walks(const network_node& from, const network_node& to) {
  const vec2 middle = (from.at + to.at) * .5f;
  return !tunnel::inside.contains(middle);
}

} // namespace ecco::world
