// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/sumo_network.hpp"
#include "runtime/world/traffic.hpp"

namespace ecco::world {
namespace {

/// Chance that somebody comes in a second: from each gate of a street, more straight through the tunnel, on a bicycle,
/// on each direction of the highway, and on foot along each side of a street downtown and elsewhere.
constexpr double vehicles_come = .042, more_in_tunnel = .03, bicycles_come = .006, highway_comes = .5,
                 walkers_downtown = .02, walkers_elsewhere = .008;
constexpr int destinations = 5;
/// No flow ends before a day is over.
constexpr auto last_second = "86400";

/// A kind of vehicle: as long as the longest that is drawn for it, so that no two are drawn into each other.
std::string kind(std::string_view id, std::string_view sumo_class, size3 size, float speed, double pull) {
  return element(1, "vType",
                 {{"id", std::string{id}},
                  {"vClass", std::string{sumo_class}},
                  {"length", decimal(size.length)},
                  {"width", decimal(size.width)},
                  {"minGap", id == "bicycle" ? "1" : "1.8"},
                  {"maxSpeed", decimal(speed)},
                  {"accel", decimal(pull)},
                  {"decel", "3.5"},
                  {"speedFactor", "normc(1,.08,.8,1.15)"}});
}

std::string kinds() {
  size3 car;
  for (std::uint8_t model = 0; model < 5; ++model)
    car.length = std::max(car.length, size_of(object_class::car, model).length),
    car.width = std::max(car.width, size_of(object_class::car, model).width);
  auto text = kind("car", "passenger", car, 40, 1.9) + kind("truck", "truck", size_of(object_class::truck, 0), 25, 1.2)
              + kind("trailer", "trailer", size_of(object_class::truck, 2), 23, 1)
              + kind("bus", "bus", size_of(object_class::bus, 0), 24, 1.1)
              + kind("bicycle", "bicycle", size_of(object_class::bicycle, 0), 5.2f, 1);
  text +=
      element(1, "vTypeDistribution", {{"id", "street"}, {"vTypes", "car truck bus"}, {"probabilities", ".78 .12 .1"}});
  text += element(1, "vTypeDistribution",
                  {{"id", "highway"}, {"vTypes", "car truck trailer bus"}, {"probabilities", ".76 .07 .13 .04"}});
  return text;
}

class demand {
 public:
  explicit demand(std::uint64_t seed) : seed_(seed), all_(street_nodes()) {}

  std::string write();

 private:
  void flow(std::string_view type, const std::string& from, const std::string& to, double chance);
  void from_gate(std::size_t gate, const std::vector<std::size_t>& gates);
  void on_foot(std::size_t from, std::size_t to);
  std::uint64_t draw(std::size_t a, std::size_t b, std::size_t c) const { return hashed(seed_, 97, a, b, c); }
  std::size_t beside(std::size_t gate) const {
    for (const auto there : all_[gate].leads_to)
      if (there)
        return *there;
    return gate;
  }

  std::uint64_t seed_;
  std::vector<network_node> all_;
  std::string text_;
  std::size_t flows_ = 0;
};

void demand::flow(std::string_view type, const std::string& from, const std::string& to, double chance) {
  text_ += element(1, "flow",
                   {{"id", std::string{type == "bicycle" ? "b" : "v"} + std::to_string(flows_++)},
                    {"type", std::string{type}},
                    {"begin", "0"},
                    {"end", last_second},
                    {"probability", decimal(chance)},
                    {"from", from},
                    {"to", to},
                    {"departLane", type == "highway" ? "random" : "best"},
                    {"departSpeed", "max"}});
}

void demand::from_gate(std::size_t gate, const std::vector<std::size_t>& gates) {
  const auto& from = all_[gate];
  const auto enters = edge_between(from, all_[beside(gate)]);
  const auto leaves = [&](std::size_t to) { return edge_between(all_[beside(to)], all_[to]); };
  for (std::size_t k = 0; k < destinations; ++k) {
    const auto to = gates[draw(gate, k, 0) % gates.size()];
    if (to != gate)
      flow("street", enters, leaves(to), vehicles_come / destinations);
  }
  for (const auto to : gates) {
    const vec2 apart = all_[to].at - from.at, ahead = unit(all_[beside(gate)].at - from.at);
    if (to == gate || std::abs(dot(apart, right_of(ahead))) > 1 || dot(apart, ahead) < 1)
      continue; // not the other end of this street
    flow("bicycle", enters, leaves(to), bicycles_come);
    if (ahead.y == 0 && std::abs(from.at.y - tunnel::middle_y) < 1)
      flow("street", enters, leaves(to), more_in_tunnel);
  }
}

/// Some who begin on the walk of this side of a street and go on, seldom back, over two or three intersections.
void demand::on_foot(std::size_t from, std::size_t to) {
  const auto begins = edge_between(all_[from], all_[to]);
  const auto where =
      district_at((all_[from].at + all_[to].at) * .5f + right_of(unit(all_[to].at - all_[from].at)) * 12);
  std::size_t last = from, here = to;
  for (std::size_t step = 0; step < 3; ++step) {
    const auto next = all_[here].leads_to[draw(from, to, step) % 4];
    if (!next || *next == last || !has_walks(all_[here], all_[*next]))
      continue;
    last = here;
    here = *next;
  }
  if (last == from)
    return;
  text_ += element(1, "personFlow",
                   {{"id", "p" + std::to_string(flows_++)},
                    {"begin", "0"},
                    {"end", last_second},
                    {"probability", decimal(where == district::downtown ? walkers_downtown : walkers_elsewhere)},
                    {"departPos", "random"}},
                   true);
  text_ +=
      element(2, "walk", {{"from", begins}, {"to", edge_between(all_[last], all_[here])}, {"arrivalPos", "random"}});
  text_ += "  </personFlow>\n";
}

std::string demand::write() {
  text_ = kinds();
  std::vector<std::size_t> gates;
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (!all_[i].crossing)
      gates.push_back(i);
  for (const auto gate : gates)
    from_gate(gate, gates);
  for (const auto* way : {"highway_east", "highway_west"})
    flow("highway", way, way, highway_comes);
  for (std::size_t i = 0; i < all_.size(); ++i)
    for (const auto to : all_[i].leads_to)
      if (to && has_walks(all_[i], all_[*to]))
        on_foot(i, *to);
  return text_;
}

std::string value(std::string_view name, const std::string& is) {
  return element(1, name, {{"value", is}});
}

std::string netconvert_settings() {
  return xml_file("configuration", value("node-files", "city.nod.xml") + value("edge-files", "city.edg.xml")
                                       + value("connection-files", "city.con.xml")
                                       + value("tllogic-files", "city.tll.xml")
                                       + value("output-file", "city.net.xml")
                                       // Coordinates stay the city's.
                                       + value("offset.disable-normalization", "true") + value("no-turnarounds", "true")
                                       + value("walkingareas", "true") + value("junctions.internal-link-detail", "12"));
}

std::string sumo_settings(std::uint64_t seed) {
  return xml_file("configuration",
                  value("net-file", "city.net.xml") + value("route-files", "city.rou.xml")
                      + value("fcd-output", "city.fcd.xml") + value("fcd-output.attributes", "x,y,angle,type,speed")
                      + value("device.fcd.begin", std::to_string(sumo_warm_up)) + value("device.fcd.period", "1")
                      + value("begin", "0") + value("end", std::to_string(sumo_warm_up + sumo_seconds))
                      + value("step-length", "0.1")
                      + value("seed", std::to_string(hashed(seed, 98) % 1'000'000))
                      // Who stands in the way waits; it does not leap.
                      + value("time-to-teleport", "-1") + value("collision.action", "none")
                      + value("lanechange.duration", "2.5") + value("no-step-log", "true"));
}

} // namespace

named_text demand_of(std::uint64_t seed) {
  return {"city.rou.xml", xml_file("routes", demand{seed}.write())};
}

std::vector<named_text> sumo_files(std::uint64_t seed) {
  auto all = plain_network(seed);
  all.push_back({"city.netccfg", netconvert_settings()});
  all.push_back(demand_of(seed));
  all.push_back({"city.sumocfg", sumo_settings(seed)});
  return all;
}

} // namespace ecco::world
