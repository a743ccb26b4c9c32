// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <set>

#include <boost/test/unit_test.hpp>

#include "runtime/world/address.hpp"
#include "runtime/world/signals.hpp"
#include "tests/world/street_lanes.hpp"

namespace ecco {
namespace {

using namespace world;

// What SUMO saw at an intersection of the city of seed 7, see tests/data/world/make.py.
const std::string corner = ECCO_TEST_DATA "/world/corner.fcd.xml";
constexpr int column = 3, row = 4;
constexpr vec2 middle_of{street::x_of(column), street::y_of(row)};
constexpr double lasts = signals::cycle;

/// A vehicle as the file says it.
struct said {
  std::string id, type;
  vec2 front, ahead;
  float speed = 0;
};

/// The vehicles of each second, read by other means than the world's.
const std::vector<std::vector<said>>& seconds() {
  static const auto made = [] {
    std::ifstream in{corner};
    std::vector<std::vector<said>> all;
    for (const auto& one : test::xml_lines({std::istreambuf_iterator<char>{in}, {}})) {
      if (one.name == "timestep")
        all.emplace_back();
      if (one.name != "vehicle")
        continue;
      const auto turned = static_cast<float>(one.number("angle")) * pi / 180;
      all.back().push_back({one.said.at("id"),
                            one.said.at("type"),
                            {static_cast<float>(one.number("x")), static_cast<float>(one.number("y"))},
                            {std::sin(turned), std::cos(turned)},
                            static_cast<float>(one.number("speed"))});
    }
    return all;
  }();
  return made;
}

std::shared_ptr<const world::world> with_trace() {
  static const auto made = std::make_shared<const world::world>(world_options{7, 10, fcd_trace::read(corner).value()});
  return made;
}

std::vector<vehicle> vehicles_at(double t) {
  std::vector<vehicle> all;
  std::vector<walker> people;
  with_trace()->options.trace->at(t, all, people);
  return all;
}

bool is_straight(vec2 ahead) {
  return std::abs(ahead.x * ahead.y) < .01f;
}
bool is_bicycle(const said& one) {
  return one.type == "bicycle";
}
int approach_of(vec2 ahead) {
  return ahead.x > .7f ? 0 : ahead.y > .7f ? 1 : ahead.x < -.7f ? 2 : 3;
}
signal light_of(double t, vec2 ahead) {
  return signals::of_cars(signals::phase_of(7, column, row, t), approach_of(ahead));
}
/// Metres from its front to its stop line.
float to_line(const said& one) {
  return dot(middle_of - one.front, one.ahead) - street::stop_line;
}

BOOST_AUTO_TEST_SUITE(world_trace_traffic)

BOOST_AUTO_TEST_CASE(the_trace_is_a_cycle_with_all_classes) {
  BOOST_TEST(seconds().size() == static_cast<std::size_t>(lasts));
  BOOST_TEST(std::abs(with_trace()->options.trace->lasts() - lasts) < 1e-6);
  std::map<object_class, std::set<std::uint64_t>> who;
  for (double t = 0; t < lasts; ++t) {
    std::vector<vehicle> all;
    std::vector<walker> people;
    with_trace()->options.trace->at(t, all, people);
    for (const auto& one : all)
      who[one.kind].insert(one.id);
    for (const auto& one : people)
      who[object_class::person].insert(one.id);
  }
  BOOST_TEST(who[object_class::car].size() >= 10u);
  for (const auto kind : {object_class::truck, object_class::bus, object_class::bicycle})
    BOOST_TEST(who[kind].size() >= 1u, static_cast<int>(kind));
  BOOST_TEST(who[object_class::person].size() >= 10u);
}

BOOST_AUTO_TEST_CASE(vehicles_of_sumo_keep_the_drawn_lanes) {
  const auto lanes = test::street_lanes(7);
  std::vector<float> off;
  for (const auto& all : seconds())
    for (const auto& one : all) {
      if (!is_straight(one.ahead)
          || std::max(std::abs(one.front.x - middle_of.x), std::abs(one.front.y - middle_of.y)) < street::stop_line + 4)
        continue;
      float nearest = 1e9f;
      for (const auto& lane : lanes)
        if ((is_bicycle(one) ? lane.for_bicycles : lane.for_vehicles) && dot(lane.ahead(), one.ahead) > .99f)
          nearest = std::min(nearest, lane.distance(one.front));
      off.push_back(nearest);
    }
  BOOST_REQUIRE(off.size() > 300u);
  std::sort(off.begin(), off.end());
  BOOST_TEST(off[off.size() / 2] < .05f);
  BOOST_TEST(off.back() < .5f);
}

BOOST_AUTO_TEST_CASE(vehicles_of_sumo_queue_at_the_citys_red) {
  std::size_t longest = 0, passed = 0, at_red = 0;
  for (std::size_t k = 0; k + 1 < seconds().size(); ++k) {
    std::map<int, std::size_t> queues;
    for (const auto& one : seconds()[k]) {
      if (is_bicycle(one) || !is_straight(one.ahead) || to_line(one) < -.5f)
        continue;
      if (one.speed < .3f && light_of(static_cast<double>(k), one.ahead) == signal::red)
        longest = std::max(longest, ++queues[approach_of(one.ahead)]);
      for (const auto& then : seconds()[k + 1])
        if (then.id == one.id && dot(middle_of - then.front, one.ahead) - street::stop_line < -.5f) {
          ++passed;
          at_red += light_of(static_cast<double>(k), one.ahead) == signal::red
                            && light_of(static_cast<double>(k) + 1, one.ahead) == signal::red
                        ? 1
                        : 0;
        }
    }
  }
  BOOST_TEST(longest >= 3u);
  BOOST_TEST(passed >= 8u);
  BOOST_TEST(at_red == 0u);
}

BOOST_AUTO_TEST_CASE(vehicles_of_sumo_turn_left_too_and_turn_smoothly) {
  std::map<std::uint64_t, std::pair<vec2, vec2>> ways;
  std::map<std::uint64_t, vehicle> before;
  float sharpest = 1, furthest = 0;
  for (double t = 0; t < lasts - 1; t += .2) {
    std::map<std::uint64_t, vehicle> now;
    for (const auto& one : vehicles_at(t)) {
      ways.try_emplace(one.id, one.ahead, one.ahead).first->second.second = one.ahead;
      if (const auto last = before.find(one.id); last != before.end()) {
        sharpest = std::min(sharpest, dot(last->second.ahead, one.ahead));
        furthest = std::max(furthest, length(one.at - last->second.at));
      }
      now[one.id] = one;
    }
    before = std::move(now);
  }
  std::size_t left = 0, right = 0, straight = 0;
  for (const auto& [id, way] : ways) {
    const float turned = dot(right_of(way.first), way.second);
    left += turned < -.95f ? 1 : 0;
    right += turned > .95f ? 1 : 0;
    straight += std::abs(turned) < .05f ? 1 : 0;
  }
  BOOST_TEST(left >= 2u);
  BOOST_TEST(right >= 1u);
  BOOST_TEST(straight >= 8u);
  // A fifth of a second: no heading leaps by more than 25 degrees, nobody goes faster than 18 m/s.
  BOOST_TEST(sharpest > .9f);
  BOOST_TEST(furthest < 3.6f);
}

bool overlap(const vehicle& a, const vehicle& b) {
  const auto size_a = size_of(a.kind, a.model), size_b = size_of(b.kind, b.model);
  for (float along = -.45f; along < .46f; along += .1f)
    for (const float aside : {-.4f, 0.f, .4f}) {
      const vec2 p = a.at + a.ahead * (along * size_a.length) + right_of(a.ahead) * (aside * size_a.width) - b.at;
      if (std::abs(dot(p, b.ahead)) < size_b.length * .47f && std::abs(dot(p, right_of(b.ahead))) < size_b.width * .46f)
        return true;
    }
  return false;
}

BOOST_AUTO_TEST_CASE(no_two_vehicles_are_drawn_into_each_other) {
  std::size_t near = 0, overlaps = 0;
  for (double t = 0; t < lasts - 1; t += .37) {
    auto all = vehicles_at(t);
    with_trace()->vehicles.parked_at(t, all);
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t k = i + 1; k < all.size(); ++k)
        if (!all[i].parked && length(all[i].at - all[k].at) < 16) {
          ++near;
          overlaps += overlap(all[i], all[k]) ? 1 : 0;
        }
  }
  BOOST_TEST(near > 1000u);
  BOOST_TEST(overlaps == 0u);
}

/// A camera on a pole at that intersection.
camera_plan the_camera() {
  return test::a_plan("downtown-6", 640, 384);
}

BOOST_AUTO_TEST_CASE(a_camera_sees_them_where_the_file_says_they_are) {
  world_camera camera{with_trace(), the_camera()};
  std::size_t compared = 0, beside = 0, expected = 0, missing = 0;
  for (std::size_t k = 0; k < seconds().size(); k += 2) {
    const auto seen = camera.at(static_cast<double>(k));
    const auto all = vehicles_at(static_cast<double>(k));
    BOOST_REQUIRE(all.size() == seconds()[k].size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& one = seconds()[k][i];
      const auto size = size_of(all[i].kind, all[i].model);
      const vec3 middle = at_height(one.front - one.ahead * (size.length / 2), size.height / 2);
      const auto in = seen.from.to_camera(middle);
      if (in.z < 4 || in.z > 60)
        continue;
      const auto at = seen.from.project(in);
      if (at.x < 20 || at.x > 620 || at.y < 20 || at.y > 364)
        continue;
      ++expected;
      const auto found = std::find_if(seen.objects.begin(), seen.objects.end(),
                                      [&](const seen_object& object) { return object.id == all[i].id; });
      if (found == seen.objects.end()) {
        ++missing;
        continue;
      }
      BOOST_TEST((found->kind == all[i].kind));
      if (found->visible < .9f || found->cut)
        continue;
      ++compared;
      const float x = static_cast<float>(found->x0 + found->x1) / 2, y = static_cast<float>(found->y0 + found->y1) / 2,
                  wide = static_cast<float>(found->x1 - found->x0), tall = static_cast<float>(found->y1 - found->y0);
      // Its middle projects near the middle of its box.
      beside += std::abs(x - at.x) > .25f * wide + 1 || std::abs(y - at.y) > .25f * tall + 1 ? 1 : 0;
    }
  }
  BOOST_TEST(expected > 60u);
  BOOST_TEST(missing * 5 < expected); // who is hidden by others
  BOOST_TEST(compared > 20u);
  BOOST_TEST(beside == 0u);
}

BOOST_AUTO_TEST_CASE(who_is_in_front_hides_who_is_behind) {
  world_camera camera{with_trace(), the_camera()};
  std::size_t hidden = 0, explained = 0;
  for (double t = 0; t < lasts; t += 4) {
    const auto seen = camera.at(t);
    std::set<std::uint64_t> of_trace;
    for (const auto& one : vehicles_at(t))
      of_trace.insert(one.id);
    for (std::size_t i = 0; i < seen.objects.size(); ++i) {
      const auto& behind = seen.objects[i];
      if (!of_trace.count(behind.id) || behind.visible > .8f || behind.x1 - behind.x0 < 10)
        continue;
      ++hidden;
      // Somebody of the trace who is nearer owns pixels within its box.
      std::set<std::uint16_t> owners;
      for (int y = behind.y0; y < behind.y1; ++y)
        for (int x = behind.x0; x < behind.x1; ++x)
          owners.insert(seen.owners[static_cast<std::size_t>(y * seen.from.width + x)]);
      explained += std::any_of(owners.begin(), owners.end(),
                               [&](std::uint16_t owner) {
                                 return owner > 0 && of_trace.count(seen.objects[owner - 1u].id)
                                        && seen.objects[owner - 1u].distance < behind.distance;
                               })
                       ? 1
                       : 0;
    }
  }
  BOOST_TEST(hidden >= 5u);
  BOOST_TEST(explained >= 5u);
}

BOOST_AUTO_TEST_CASE(without_the_trace_others_drive_and_the_same_are_parked) {
  world_camera with{with_trace(), the_camera()}, without{test::the_city(), the_camera()};
  std::vector<vehicle> parked;
  with_trace()->vehicles.parked_at(20, parked);
  std::set<std::uint64_t> parks;
  for (const auto& one : parked)
    parks.insert(one.id);
  const auto ids = [&](const shot& of, bool still) {
    std::set<std::uint64_t> all;
    for (const auto& one : of.objects)
      if (parks.count(one.id) == (still ? 1u : 0u))
        all.insert(one.id);
    return all;
  };
  const auto a = with.at(20), b = without.at(20);
  BOOST_TEST(!(a.picture == b.picture));
  BOOST_TEST(!ids(a, false).empty());
  BOOST_TEST(!ids(b, false).empty());
  for (const auto id : ids(a, false))
    BOOST_TEST(ids(b, false).count(id) == 0u);
  BOOST_TEST(!ids(a, true).empty());
}

BOOST_AUTO_TEST_CASE(a_camera_on_a_vehicle_rides_with_the_trace) {
  auto plan = test::a_plan("car-downtown-1", 320, 192);
  world_camera camera{with_trace(), plan};
  std::set<std::uint64_t> rides;
  for (double t = 0; t < 2 * lasts; t += 3) {
    const auto state = camera.state_at(t);
    const auto all = vehicles_at(t);
    const auto by =
        std::find_if(all.begin(), all.end(), [&](const vehicle& one) { return one.id == state.carried_by; });
    if (by == all.end())
      continue;
    rides.insert(by->id);
    BOOST_TEST((by->kind != object_class::bicycle));
    BOOST_TEST(length(ground_of(state.from.eye) - by->at) < size_of(by->kind, by->model).length / 2);
    for (const auto& one : camera.at(t).objects)
      BOOST_TEST(one.id != state.carried_by);
  }
  BOOST_TEST(rides.size() >= 4u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
