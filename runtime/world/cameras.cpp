// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/cameras.hpp"

#include <charconv>

#include "runtime/world/loop.hpp"
#include "runtime/world/signals.hpp"

namespace ecco::world {
namespace {

/// A camera on a street takes other rides in each of so many cycles.
constexpr std::size_t turns = 4;
constexpr float degree = pi / 180;

float focal_for(float field_of_view, int width) {
  return static_cast<float>(width) / 2 / std::tan(field_of_view / 2 * degree);
}

float heading_of(vec2 ahead) {
  return std::atan2(ahead.y, ahead.x);
}

/// The intersections that show a district at its most typical.
std::vector<std::pair<int, int>> crossings_of(district where) {
  std::vector<std::pair<int, int>> all;
  for (int column = 0; column < street::columns; ++column)
    for (int row = 1; row < street::rows; ++row) {
      const bool suburb = column <= 1, downtown = column == 2 || column == 3,
                 park = column == 4 || column == 5;
      if ((where == district::suburb && suburb) || (where == district::downtown && downtown)
          || (where == district::park && park))
        all.push_back({column, row});
    }
  return all;
}

/// The streets around which a district's drones fly.
rect beat_of(district where) {
  switch (where) {
    case district::suburb: return {street::x_of(0), street::y_of(1), street::x_of(1), street::y_of(4)};
    case district::park: return {street::x_of(4), street::y_of(1), street::x_of(5), street::y_of(4)};
    case district::highway:
      return {highway::west + 120, highway::middle_y - 6, highway::east - 120, highway::middle_y + 6};
    default: return {street::x_of(2), street::y_of(1), street::x_of(4), street::y_of(4)};
  }
}

} // namespace

result<camera_plan> camera_named(const std::string& name) {
  const auto refuse = [&] {
    return fail(ec::invalid_argument, "world camera '" + name + "': there is none of this name",
                "a district (suburb, downtown, park, tunnel, highway), perhaps after car- or drone-, and a "
                "number from 1 on: downtown-2, car-park-1, drone-suburb-3");
  };
  camera_plan made;
  made.name = name;
  std::string rest = name;
  if (rest.starts_with("car-"))
    made.on = mount::vehicle, rest.erase(0, 4);
  else if (rest.starts_with("drone-"))
    made.on = mount::drone, rest.erase(0, 6);
  const auto dash = rest.rfind('-');
  if (dash == std::string::npos)
    return refuse();
  const auto home = district_named(rest.substr(0, dash));
  const char *from = rest.data() + dash + 1, *to = rest.data() + rest.size();
  unsigned number = 0;
  const auto read = std::from_chars(from, to, number);
  if (!home || read.ec != std::errc{} || read.ptr != to || number < 1 || number > 10'000)
    return refuse();
  if (made.on == mount::drone && *home == district::tunnel)
    return fail(ec::invalid_argument, "world camera '" + name + "': drones do not fly in the tunnel",
                "choose another district");
  made.home = *home;
  made.number = number;
  return made;
}

camera_path::camera_path(const camera_plan& plan, const city& in, const traffic& among, const fcd_trace* recorded)
    : plan_(plan), seed_(in.seed),
      draw_(hashed(in.seed, 300, static_cast<int>(plan.on), static_cast<int>(plan.home), plan.number)),
      traffic_(among) {
  if (plan.on != mount::vehicle)
    return;
  if (recorded) {
    recorded_rides_.emplace(*recorded, draw_);
    return;
  }
  for (std::size_t d = 0; d < district_names.size(); ++d)
    for (std::size_t turn = 0; turn < turns; ++turn)
      rides_.push_back(plan_rides(static_cast<district>(d), hashed(draw_, turn)));
}

camera_state camera_path::at(double t) const {
  if (plan_.on == mount::pole)
    return on_pole();
  if (plan_.on == mount::drone)
    return on_drone(t);
  const auto where = district_of(plan_.happens, t).value_or(plan_.home);
  if (recorded_rides_)
    return carried(recorded_rides_->at(where, t), t);
  const auto turn = static_cast<std::size_t>(std::floor(std::max(0., t) / signals::cycle)) % turns;
  const auto& rides = rides_[static_cast<std::size_t>(where) * turns + turn];
  return rides.empty() ? on_highway(t) : on_street(rides, t);
}

camera_state camera_path::on_pole() const {
  const auto vary = [&](int what, float low, float high) {
    return between(hashed(draw_, 10, what), low, high);
  };
  const int wide = plan_.width, tall = plan_.height;
  if (plan_.home == district::tunnel) {
    const float way = plan_.number % 2 ? 1.f : -1.f;
    // Towards the end where vehicles wait for the light outside.
    const float x = way > 0 ? tunnel::to_x - vary(1, 44, 66) : tunnel::from_x + vary(1, 44, 66);
    return {look({x, tunnel::middle_y - way * 5.7f, vary(2, 4.f, 4.7f)},
                 way > 0 ? vary(3, .06f, .14f) : pi + vary(3, .06f, .14f), vary(4, -11, -7) * degree, 0,
                 focal_for(vary(5, 44, 54), wide), wide, tall),
            0,
            {}};
  }
  if (plan_.home == district::highway) {
    const float way = plan_.number % 2 ? 1.f : -1.f;
    const vec3 eye{vary(1, -300, 300), highway::middle_y - way * vary(6, 1, highway::half_width + 1),
                   vary(2, 6, 8)};
    return {look(eye, (way > 0 ? 0 : pi) + vary(3, -.05f, .22f), vary(4, -11, -8) * degree, 0,
                 focal_for(vary(5, 32, 42), wide), wide, tall),
            0,
            {}};
  }
  const auto crossings = crossings_of(plan_.home);
  // Neighbouring numbers stand at different corners.
  const auto which = (hashed(seed_, 301, static_cast<int>(plan_.home)) + plan_.number * 5) % crossings.size();
  const auto [column, row] = crossings[which];
  auto leg = (hashed(draw_, 2) + plan_.number) % 4;
  if (column == 4 && row == 1 && leg == 3)
    leg = 1;
  const vec2 ahead = street::directions[leg];
  if (hashed(draw_, 3) % 2 == 0 || (column == 4 && row == 1)) {
    // Beyond the intersection, looking back at who waits there.
    const vec2 back = vec2{street::x_of(column), street::y_of(row)} + ahead * vary(1, 27, 38)
                      + right_of(ahead) * vary(2, 7.7f, 8.8f);
    return {look(at_height(back, vary(3, 4.6f, 6)), heading_of(ahead * -1) - vary(4, .06f, .24f),
                 vary(5, -14, -9) * degree, vary(6, -.012f, .012f), focal_for(vary(7, 50, 62), wide), wide,
                 tall),
            0,
            {}};
  }
  const vec2 foot = vec2{street::x_of(column), street::y_of(row)} - ahead * vary(1, 9.2f, 11.4f)
                    + right_of(ahead) * vary(2, 7.6f, 8.6f);
  return {look(at_height(foot, vary(3, 5.f, 6.6f)), heading_of(ahead) + vary(4, .1f, .3f),
               vary(5, -16, -11) * degree, vary(6, -.012f, .012f), focal_for(vary(7, 50, 64), wide), wide,
               tall),
          0,
          {}};
}

std::vector<camera_path::ride> camera_path::plan_rides(district where, std::uint64_t draw) const {
  struct stay {
    std::size_t slot;
    float from, to;
  };
  std::vector<stay> stays;
  const auto& slots = traffic_.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].kind == object_class::bicycle || slots[i].gone.size() < 10)
      continue;
    float from = -1;
    for (float since = 1; since < slots[i].lasts() - 1; since += 1) {
      const bool in = is_deep_in(where, traffic_.of_slot(i, since).at);
      if (in && from < 0)
        from = since;
      if (from >= 0 && (!in || since + 1 >= slots[i].lasts() - 1)) {
        if (since - from > 6)
          stays.push_back({i, from, since - 1});
        from = -1;
      }
    }
  }
  std::vector<ride> rides;
  constexpr auto cycle = static_cast<float>(signals::cycle);
  for (float phase = 0; phase < cycle && !stays.empty();) {
    struct option {
      float left, since;
      std::size_t slot;
    };
    std::vector<option> options;
    for (const auto& one : stays)
      for (float since = std::fmod(phase - slots[one.slot].enters + 4 * cycle, cycle); since < one.to - 2;
           since += cycle)
        if (since >= one.from)
          options.push_back({one.to - since, since, one.slot});
    // When nobody is there the camera rides on a vehicle that only it knows.
    if (options.empty())
      for (const auto& one : stays)
        options.push_back({one.to - one.from, one.from, one.slot});
    std::sort(options.begin(), options.end(), [](const option& a, const option& b) {
      return a.left != b.left ? a.left > b.left : a.slot < b.slot;
    });
    const auto& taken = options[hashed(draw, rides.size()) % std::min<std::size_t>(5, options.size())];
    rides.push_back({phase, taken.since, taken.slot});
    phase += taken.left;
  }
  return rides;
}

camera_state camera_path::carried(const vehicle& by, double t) const {
  const auto size = size_of(by.kind, by.model);
  const float height = by.kind == object_class::car ? 1.45f : 2.3f;
  const vec2 foot = by.at + by.ahead * (size.length / 2 - (by.kind == object_class::car ? 1.4f : .3f));
  // It shakes a little with the road.
  const float shake = std::min(1.f, by.speed / 12) * degree;
  const auto wave = [&](float rate, int what) {
    return std::sin(static_cast<float>(std::fmod(t * rate, 2 * pi)) + fraction(hashed(draw_, 20, what)) * 6);
  };
  const float tilt = (-3.5f + between(hashed(draw_, 21), -1.5f, 1)) * degree
                     + shake * (.16f * wave(11.3f, 1) + .1f * wave(23.7f, 2))
                     - .012f * std::clamp(by.acceleration / 3, -1.f, 1.f) * -1;
  const float roll = shake * .2f * wave(7.1f, 3);
  camera_state made;
  made.from = look(at_height(foot, height), heading_of(by.ahead), tilt, roll,
                   focal_for(between(hashed(draw_, 22), 62, 74), plan_.width), plan_.width, plan_.height);
  made.carried_by = by.id;
  made.velocity = at_height(by.ahead * by.speed, 0);
  return made;
}

camera_state camera_path::on_street(const std::vector<ride>& rides, double t) const {
  const auto phase = static_cast<float>(t - std::floor(t / signals::cycle) * signals::cycle);
  std::size_t k = 0;
  while (k + 1 < rides.size() && rides[k + 1].phase <= phase)
    ++k;
  const auto& on = rides[k];
  const float since = on.since + phase - on.phase;
  auto by = traffic_.of_slot(on.slot, since);
  const auto entered = t - since - traffic_.slots()[on.slot].enters;
  const double cycles = entered / signals::cycle;
  if (std::abs(cycles - std::round(cycles)) < 1e-4)
    by.id = hashed(seed_, 50, on.slot, static_cast<std::int64_t>(std::llround(cycles)));
  return carried(by, t);
}

camera_state camera_path::on_highway(double t) const {
  const int lane = static_cast<int>(draw_ % 6);
  // Whoever is near the beginning when a ride begins, for as long as the road goes on.
  constexpr double rides_for = 24;
  const double begins = std::floor(t / rides_for) * rides_for;
  const auto number = traffic_.last_on_highway(lane, begins) - 2;
  vehicle by;
  by.id = hashed(seed_, 60, lane, number);
  const auto gone = static_cast<float>(traffic_.highway_gone(lane, number, t));
  const bool east = lane < 3;
  by.ahead = {east ? 1.f : -1.f, 0};
  by.speed = 25;
  const float across = highway::median + highway::lane_width * (static_cast<float>(lane % 3) + .5f)
                       + .25f * std::sin(gone / 41 + fraction(by.id) * 6);
  by.at = {east ? highway::west + gone : highway::east - gone, highway::middle_y + (east ? -across : across)};
  return carried(by, t);
}

camera_state camera_path::on_drone(double t) const {
  const auto group = plan_.formation ? hashed(seed_, 310, plan_.formation) : draw_;
  struct place {
    vec3 at;
    vec2 ahead;
  };
  const auto in_district = [&](district where) {
    const rect beat = beat_of(where);
    const float radius = where == district::highway ? 5.f : 9.f;
    const rect inner = beat.shrunk(radius);
    const float speed = between(hashed(group, 1), 5, 7.5f), loop = loop_length(inner, radius);
    // In a formation they fly one behind the other and to the sides.
    const float behind = plan_.formation ? static_cast<float>(plan_.number % 8) * 9 : 0;
    const float aside = plan_.formation ? (plan_.number % 2 ? 3.f : -3.f) : 0;
    const auto s = static_cast<float>(
        std::fmod(fraction(hashed(group, 2)) * loop + speed * t - behind + 4 * loop, loop));
    const auto point = on_loop(inner, radius, s, aside);
    return place{at_height(point.at, between(hashed(group, 3), 16, 22)), point.ahead};
  };
  auto now = in_district(plan_.home);
  for (const auto& one : plan_.happens.moves)
    if (t > one.at) {
      const auto next = in_district(one.to);
      const float k = smooth(0, 25, static_cast<float>(t - one.at));
      now.at = now.at * (1 - k) + next.at * k;
      now.ahead = unit(now.ahead * (1 - k) + next.ahead * (k + .001f));
    }
  const auto sway = [&](double rate, int what) {
    return std::sin(static_cast<float>(std::fmod(t * rate, 2 * pi)) + fraction(hashed(draw_, 30, what)) * 6);
  };
  camera_state made;
  const vec3 eye = now.at + vec3{.4f * sway(.7, 1), .4f * sway(.9, 2), .5f * sway(.5, 3)};
  made.from = look(eye, heading_of(now.ahead) + .12f * sway(.23, 4),
                   (-36 + between(hashed(group, 5), -7, 5)) * degree, .02f * sway(.8, 5),
                   focal_for(60, plan_.width), plan_.width, plan_.height);
  made.velocity = at_height(now.ahead * 6, 0);
  return made;
}

} // namespace ecco::world
