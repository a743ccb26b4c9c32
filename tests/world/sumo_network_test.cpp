// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <boost/test/unit_test.hpp>

#include "runtime/world/signals.hpp"
#include "tests/world/street_lanes.hpp"

namespace ecco {
namespace {

using namespace world;
using test::file_of;
using test::the_city;
using test::xml_line;
using test::xml_lines;

constexpr std::uint64_t seed = 7;

BOOST_AUTO_TEST_SUITE(world_sumo_network)

BOOST_AUTO_TEST_CASE(the_citys_own_traffic_drives_in_the_lanes_that_are_written) {
  const auto lanes = test::street_lanes(seed);
  std::size_t on_lanes = 0, aside = 0;
  for (double t = 300; t < 400; t += 9.7) {
    std::vector<vehicle> all;
    the_city()->vehicles.at(t, all);
    for (const auto& one : all) {
      if (one.parked || std::abs(one.ahead.x * one.ahead.y) > 1e-4f)
        continue;
      float nearest = 1e9f;
      for (const auto& lane : lanes)
        if (lane.for_people || dot(lane.ahead(), one.ahead) < .99f)
          continue;
        else if (one.kind == object_class::bicycle ? lane.for_bicycles : lane.for_vehicles)
          nearest = std::min(nearest, lane.distance(one.at, 8));
      ++on_lanes;
      // On the highway they sway by a quarter of a metre.
      aside += nearest > (one.at.y > street::north ? .26f : .02f) ? 1 : 0;
    }
  }
  BOOST_TEST(on_lanes > 500u);
  BOOST_TEST(aside == 0u);
}

BOOST_AUTO_TEST_CASE(people_have_walks_where_the_citys_own_walk) {
  const auto lanes = test::street_lanes(seed);
  std::size_t walk = 0, astray = 0;
  std::vector<walker> all;
  the_city()->people.at(200, all);
  for (const auto& one : all)
    for (const auto& lane : lanes)
      if (lane.for_people && lane.distance(one.at) < (street::lots - street::curb) / 2)
        ++walk;
  for (const auto& lane : lanes) {
    const vec2 middle = (lane.from + lane.to) * .5f;
    if (lane.for_people && middle.x > tunnel::from_x && middle.x < tunnel::to_x
        && std::abs(middle.y - tunnel::middle_y) < street::lots)
      ++astray;
  }
  BOOST_TEST(walk * 2 > all.size());
  BOOST_TEST(astray == 0u);
}

/// What signals show to links, as SUMO reads a program: `offset` seconds after 0 it begins.
char shown(const std::vector<std::pair<double, std::string>>& phases, double offset, double t, std::size_t link) {
  double at = std::fmod(t - offset + 10 * signals::cycle, signals::cycle);
  for (const auto& [lasts, state] : phases)
    if ((at -= lasts) < 0)
      return state.at(link);
  return '?';
}

BOOST_AUTO_TEST_CASE(signals_are_the_citys_at_any_time) {
  const auto files = sumo_files(seed);
  std::map<std::string, double> offsets;
  std::map<std::string, std::vector<std::pair<double, std::string>>> phases;
  std::string program;
  std::size_t compared = 0;
  const auto lines = xml_lines(file_of(files, "city.tll.xml"));
  for (const auto& one : lines)
    if (one.name == "tlLogic")
      program = one.said.at("id"), offsets[program] = one.number("offset");
    else if (one.name == "phase")
      phases[program].push_back({one.number("duration"), one.said.at("state")});
  BOOST_TEST(phases.size() == 34u);
  std::map<std::string, std::pair<int, int>> places;
  std::map<std::string, vec2> nodes;
  for (const auto& one : xml_lines(file_of(files, "city.nod.xml")))
    if (one.name == "node")
      nodes[one.said.at("id")] = {static_cast<float>(one.number("x")), static_cast<float>(one.number("y"))};
  for (int column = 0; column < street::columns; ++column)
    for (int row = 0; row < street::rows; ++row)
      for (const auto& [id, at] : nodes)
        if (at == vec2{street::x_of(column), street::y_of(row)})
          places[id] = {column, row};
  for (const auto& one : lines) {
    if (one.name != "connection")
      continue;
    const auto& tl = one.said.at("tl");
    const auto [column, row] = places.at(tl);
    const auto from = one.said.at("from");
    const vec2 ahead = unit(nodes.at(tl) - nodes.at(from.substr(0, from.find("_to_"))));
    const int approach = ahead.x > .5f ? 0 : ahead.y > .5f ? 1 : ahead.x < -.5f ? 2 : 3;
    const auto link = static_cast<std::size_t>(one.number("linkIndex"));
    const bool bicycle = one.number("fromLane") == 2 || (one.number("fromLane") == 0);
    for (double t = .05; t < 80; t += .5) {
      const auto phase = signals::phase_of(seed, column, row, t);
      // A thousandth of a second is lost in writing.
      const auto next = signals::phase_of(seed, column, row, t + .002);
      const char seen = shown(phases[tl], offsets[tl], t, link);
      const bool goes = seen == 'G' || seen == 'g';
      ++compared;
      if (bicycle) {
        BOOST_TEST((goes == signals::may_walk(phase) || goes == signals::may_walk(next)), tl << " at " << t);
        continue;
      }
      const auto is = [&](double at) {
        const auto light = signals::of_cars(at, approach);
        return goes == (light == signal::green) && (seen == 'y') == (light == signal::yellow);
      };
      BOOST_TEST((is(phase) || is(next)), tl << " link " << link << " at " << t << " shows " << seen);
    }
  }
  BOOST_TEST(compared > 100'000u);
}

BOOST_AUTO_TEST_CASE(every_signal_shows_something_to_all_and_left_turns_give_way) {
  const auto files = sumo_files(seed);
  std::map<std::string, std::set<std::size_t>> links;
  std::map<std::string, std::size_t> sizes;
  std::size_t lefts = 0;
  std::string program;
  for (const auto& one : xml_lines(file_of(files, "city.tll.xml"))) {
    if (one.name == "tlLogic")
      program = one.said.at("id");
    else if (one.name == "phase") {
      const auto size = one.said.at("state").size();
      BOOST_TEST((sizes.try_emplace(program, size).first->second == size));
      lefts += one.said.at("state").find('g') != std::string::npos ? 1 : 0;
    } else if (one.name == "connection")
      BOOST_TEST(links[one.said.at("tl")].insert(static_cast<std::size_t>(one.number("linkIndex"))).second);
  }
  for (const auto& one : xml_lines(file_of(files, "city.con.xml")))
    if (one.name == "crossing")
      BOOST_TEST(links[one.said.at("node")].insert(static_cast<std::size_t>(one.number("linkIndex"))).second);
  for (const auto& [id, size] : sizes)
    BOOST_TEST((links[id].size() == size && *links[id].rbegin() == size - 1), id);
  BOOST_TEST(lefts >= 2 * sizes.size());
}

BOOST_AUTO_TEST_CASE(a_seed_moves_the_signals_and_nothing_of_the_streets) {
  const auto one = sumo_files(7), other = sumo_files(8);
  for (const auto* name : {"city.nod.xml", "city.edg.xml", "city.con.xml"})
    BOOST_TEST((file_of(one, name) == file_of(other, name) && !file_of(one, name).empty()), name);
  BOOST_TEST(file_of(one, "city.tll.xml") != file_of(other, "city.tll.xml"));
  BOOST_TEST(file_of(one, "city.rou.xml") != file_of(other, "city.rou.xml"));
  for (const auto& file : one)
    BOOST_TEST((file_of(sumo_files(7), file.name) == file.text), file.name);
}

BOOST_AUTO_TEST_CASE(a_trace_lasts_whole_cycles) {
  BOOST_TEST(sumo_warm_up % static_cast<int>(signals::cycle) == 0);
  BOOST_TEST(sumo_seconds % static_cast<int>(signals::cycle) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
