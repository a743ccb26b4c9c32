// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/sumo_network.hpp"

#include <algorithm>

#include "runtime/world/signals.hpp"

namespace ecco::world {
namespace {

/// From a street's middle to the right, see Note [The city for SUMO]; where streets have no walk, the last two are not.
constexpr float vehicles_wide = 2 * street::lane, bicycles_wide = 2 * (street::bike_lane - vehicles_wide),
                parking_wide = street::curb - vehicles_wide - bicycles_wide, walk_wide = street::lots - street::curb;
constexpr std::string_view no_motor = "pedestrian bicycle";
/// What drivers of the city wish for, m/s (traffic_flow.cpp), and on the highway.
constexpr float street_speed = 12.5f, walk_speed = 2, highway_speed = 28;

std::string point(vec2 at) {
  return decimal(at.x) + ',' + decimal(at.y);
}

/// A way over an intersection and the number of its signal there.
struct link {
  std::string from, to;
  int approach = 0, leaves = 0, from_lane = 0, to_lane = 0;
  bool bicycle = false;
};

/// Lanes count from the right.
int vehicle_lane(bool walks) {
  return walks ? 3 : 1;
}

/// Everything about one intersection.
class junction {
 public:
  junction(const std::vector<network_node>& all, const network_node& of) : all_(all), of_(of) { add_links(); }

  std::string connections() const;
  /// For people, at the drawn places.
  std::string crossings() const;
  std::string signals_of(std::uint64_t seed) const;

 private:
  const network_node* neighbour(int way) const {
    const auto there = of_.leads_to[static_cast<std::size_t>(way % 4)];
    return there ? &all_[*there] : nullptr;
  }
  void add_links();
  std::string state(char of_row, char of_column, char of_bicycles, char of_people) const;
  std::size_t legs() const {
    return static_cast<std::size_t>(
        std::count_if(of_.leads_to.begin(), of_.leads_to.end(), [](const auto& there) { return there.has_value(); }));
  }

  const std::vector<network_node>& all_;
  const network_node& of_;
  std::vector<link> links_;
};

void junction::add_links() {
  for (const bool bicycle : {false, true})
    for (int approach = 0; approach < 4; ++approach) {
      const auto* from = neighbour(approach + 2);
      for (const int turn : {0, 3, 1}) { // straight on, right, left
        const auto* to = neighbour(approach + turn);
        if (!from || !to)
          continue;
        const bool from_walks = has_walks(*from, of_), to_walks = has_walks(of_, *to);
        links_.push_back({edge_between(*from, of_), edge_between(of_, *to), approach, (approach + turn) % 4,
                          vehicle_lane(from_walks) - bicycle, vehicle_lane(to_walks) - bicycle, bicycle});
      }
    }
}

std::string junction::connections() const {
  std::string text;
  for (const auto& one : links_)
    text += element(1, "connection",
                    {{"from", one.from},
                     {"to", one.to},
                     {"fromLane", std::to_string(one.from_lane)},
                     {"toLane", std::to_string(one.to_lane)}});
  return text;
}

std::string junction::crossings() const {
  std::string text;
  auto number = links_.size();
  constexpr float middle = (street::zebra_from + street::zebra_to) / 2;
  for (int leg = 0; leg < 4; ++leg) {
    const auto* there = neighbour(leg);
    if (!there)
      continue;
    const vec2 out = street::directions[static_cast<std::size_t>(leg)], over = right_of(out) * street::curb;
    text += element(1, "crossing",
                    {{"node", of_.id},
                     {"edges", edge_between(*there, of_) + ' ' + edge_between(of_, *there)},
                     {"priority", "1"},
                     {"width", decimal(street::zebra_to - street::zebra_from)},
                     {"linkIndex", std::to_string(number++)},
                     {"shape", point(of_.at + out * middle + over) + ' ' + point(of_.at + out * middle - over)}});
  }
  return text;
}

/// Who comes along the row's street, and along the column's.
std::string junction::state(char of_row, char of_column, char of_bicycles, char of_people) const {
  std::string text;
  for (const auto& one : links_) {
    const char seen = one.bicycle ? of_bicycles : one.approach % 2 == 0 ? of_row : of_column;
    // Who turns left gives way to who comes towards it.
    const bool left = one.leaves == (one.approach + 1) % 4;
    text += seen == 'G' && (left || one.bicycle) ? 'g' : seen;
  }
  return text + std::string(legs(), of_people);
}

std::string junction::signals_of(std::uint64_t seed) const {
  // In the city `shift` seconds of the cycle are over at second 0; SUMO's offset is when it begins.
  const double shift = signals::phase_of(seed, of_.column, of_.row, 0);
  auto text = element(1, "tlLogic",
                      {{"id", of_.id},
                       {"type", "static"},
                       {"programID", "0"},
                       {"offset", decimal(shift == 0 ? 0 : signals::cycle - shift)}},
                      true);
  const auto phase = [&](double lasts, const std::string& shown) {
    text += element(2, "phase", {{"duration", decimal(lasts)}, {"state", shown}});
  };
  constexpr double cleared = signals::street_phase - signals::green - signals::yellow;
  phase(signals::green, state('G', 'r', 'r', 'r'));
  phase(signals::yellow, state('y', 'r', 'r', 'r'));
  phase(cleared, state('r', 'r', 'r', 'r'));
  phase(signals::green, state('r', 'G', 'r', 'r'));
  phase(signals::yellow, state('r', 'y', 'r', 'r'));
  phase(cleared + signals::walk_from - 2 * signals::street_phase, state('r', 'r', 'r', 'r'));
  phase(signals::walk, state('r', 'r', 'G', 'G'));
  // Who is too near to stop may still go.
  phase(signals::yellow, state('r', 'r', 'y', 'r'));
  phase(signals::cycle - signals::walk_from - signals::walk - signals::yellow, state('r', 'r', 'r', 'r'));
  text += "  </tlLogic>\n";
  for (std::size_t i = 0; i < links_.size(); ++i)
    text += element(1, "connection",
                    {{"from", links_[i].from},
                     {"to", links_[i].to},
                     {"fromLane", std::to_string(links_[i].from_lane)},
                     {"toLane", std::to_string(links_[i].to_lane)},
                     {"tl", of_.id},
                     {"linkIndex", std::to_string(i)}});
  return text;
}

std::string lane(int index, float width, std::string_view allow, std::string_view disallow, float speed) {
  std::vector<std::pair<std::string_view, std::string>> said{
      {"index", std::to_string(index)}, {"width", decimal(width)}, {"speed", decimal(speed)}};
  if (!allow.empty())
    said.push_back({"allow", std::string{allow}});
  if (!disallow.empty())
    said.push_back({"disallow", std::string{disallow}});
  return element(2, "lane", said);
}

std::string edge(const network_node& from, const network_node& to) {
  const bool walks = has_walks(from, to);
  const int vehicles = vehicle_lane(walks);
  auto text = element(1, "edge",
                      {{"id", edge_between(from, to)},
                       {"from", from.id},
                       {"to", to.id},
                       {"numLanes", std::to_string(vehicles + 1)},
                       {"speed", decimal(street_speed)},
                       {"spreadType", "right"}},
                      true);
  if (walks) {
    text += lane(0, walk_wide, "pedestrian", "", walk_speed);
    text += lane(1, parking_wide, "", "all", street_speed);
  }
  text += lane(vehicles - 1, bicycles_wide, "bicycle", "", street_speed);
  text += lane(vehicles, vehicles_wide, "", no_motor, street_speed);
  return text + "  </edge>\n";
}

/// The ends of the highway's two directions, and these.
struct highway_way {
  const char *id, *from, *to;
  float from_x, to_x, y;
};
constexpr std::array<highway_way, 2> highway_ways{highway_way{"highway_east", "highway_a", "highway_b", highway::west,
                                                              highway::east, highway::middle_y - highway::median},
                                                  highway_way{"highway_west", "highway_c", "highway_d", highway::east,
                                                              highway::west, highway::middle_y + highway::median}};

/// An intersection reaches to its stop lines.
std::string outline(vec2 middle) {
  constexpr float reach = street::stop_line;
  std::string text;
  for (const vec2 corner : {vec2{-1, -1}, {-1, 1}, {1, 1}, {1, -1}})
    text += (text.empty() ? "" : " ") + point(middle + corner * reach);
  return text;
}

std::string nodes_text(const std::vector<network_node>& all) {
  std::string text;
  for (const auto& one : all) {
    std::vector<std::pair<std::string_view, std::string>> said{
        {"id", one.id}, {"x", decimal(one.at.x)}, {"y", decimal(one.at.y)}};
    if (one.crossing) {
      said.push_back({"type", "traffic_light"});
      said.push_back({"tl", one.id});
      said.push_back({"shape", outline(one.at)});
    }
    text += element(1, "node", said);
  }
  for (const auto& one : highway_ways) {
    text += element(1, "node", {{"id", one.from}, {"x", decimal(one.from_x)}, {"y", decimal(one.y)}});
    text += element(1, "node", {{"id", one.to}, {"x", decimal(one.to_x)}, {"y", decimal(one.y)}});
  }
  return xml_file("nodes", text);
}

std::string edges_text(const std::vector<network_node>& all) {
  std::string text;
  for (const auto& from : all)
    for (const auto to : from.leads_to)
      if (to)
        text += edge(from, all[*to]);
  for (const auto& one : highway_ways) {
    text += element(1, "edge",
                    {{"id", one.id},
                     {"from", one.from},
                     {"to", one.to},
                     {"numLanes", std::to_string(highway::lanes)},
                     {"speed", decimal(highway_speed)},
                     {"spreadType", "right"}},
                    true);
    for (int k = 0; k < highway::lanes; ++k)
      text += lane(k, highway::lane_width, "", no_motor, highway_speed);
    text += "  </edge>\n";
  }
  return xml_file("edges", text);
}

} // namespace

std::vector<named_text> plain_network(std::uint64_t seed) {
  const auto all = street_nodes();
  std::string ways, lights;
  for (const auto& one : all)
    if (one.crossing) {
      const junction of{all, one};
      ways += of.connections() + of.crossings();
      lights += of.signals_of(seed);
    }
  return {{"city.nod.xml", nodes_text(all)},
          {"city.edg.xml", edges_text(all)},
          {"city.con.xml", xml_file("connections", ways)},
          {"city.tll.xml", xml_file("tlLogics", lights)}};
}

} // namespace ecco::world
