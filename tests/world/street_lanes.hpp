// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/world/sumo_files.hpp"
#include "tests/world/a_city.hpp"
#include "tests/world/xml_lines.hpp"

namespace ecco::test {

/// The middle of a lane, from one intersection to the next.
struct street_lane {
  std::string edge;
  int index = 0;
  bool for_vehicles = false, for_bicycles = false, for_people = false;
  world::vec2 from, to;

  world::vec2 ahead() const { return unit(to - from); }
  /// Metres from the lane's middle; far away where it is beyond the lane's ends by more than `beyond`.
  float distance(world::vec2 p, float beyond = 0) const {
    const float along = dot(p - from, ahead());
    return along < -beyond || along > length(to - from) + beyond ? 1e9f : std::abs(dot(p - from, right_of(ahead())));
  }
};

inline std::string file_of(const std::vector<world::named_text>& all, const std::string& name) {
  for (const auto& one : all)
    if (one.name == name)
      return one.text;
  return {};
}

/// The lanes that netconvert makes of a city's files: to the right of the line between two nodes, the last one nearest.
inline std::vector<street_lane> street_lanes(std::uint64_t seed) {
  const auto files = world::sumo_files(seed);
  std::map<std::string, world::vec2> nodes;
  for (const auto& one : xml_lines(file_of(files, "city.nod.xml")))
    if (one.name == "node")
      nodes[one.said.at("id")] = {static_cast<float>(one.number("x")), static_cast<float>(one.number("y"))};
  std::vector<street_lane> all;
  std::vector<float> widths;
  world::vec2 from, to;
  const auto place = [&] {
    float right = 0;
    for (std::size_t i = widths.size(); i-- > 0;) {
      auto& lane = all[all.size() - widths.size() + i];
      const auto aside = right_of(unit(to - from)) * (right + widths[i] / 2);
      lane.from = from + aside, lane.to = to + aside;
      right += widths[i];
    }
    widths.clear();
  };
  std::string edge;
  for (const auto& one : xml_lines(file_of(files, "city.edg.xml"))) {
    if (one.name == "edge") {
      place();
      edge = one.said.at("id"), from = nodes.at(one.said.at("from")), to = nodes.at(one.said.at("to"));
    } else if (one.name == "lane") {
      const auto says = [&](const char* key) {
        const auto found = one.said.find(key);
        return found == one.said.end() ? std::string{} : found->second;
      };
      widths.push_back(static_cast<float>(one.number("width")));
      all.push_back({edge,
                     static_cast<int>(one.number("index")),
                     says("allow").empty() && says("disallow") != "all",
                     says("allow") == "bicycle",
                     says("allow") == "pedestrian",
                     {},
                     {}});
    }
  }
  place();
  return all;
}

} // namespace ecco::test
