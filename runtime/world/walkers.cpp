// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/walkers.hpp"

#include "runtime/world/loop.hpp"
#include "runtime/world/signals.hpp"

namespace ecco::world {
namespace {

constexpr float ring_radius = street::lots - street::walk;

walker a_walker(std::uint64_t id) {
  walker made;
  made.id = id;
  made.look = static_cast<std::uint32_t>(hashed(id, 30));
  made.height = fraction(hashed(id, 31)) < .1f ? between(hashed(id, 32), 1.1f, 1.4f)
                                               : between(hashed(id, 32), 1.58f, 1.88f);
  return made;
}

int walkers_of(district kind) {
  return kind == district::downtown ? 20 : kind == district::park ? 9 : 7;
}

} // namespace

walkers::walkers(const city& in, day_clock clock) : seed_(in.seed), clock_(clock), blocks_(in.blocks) {}

void walkers::round_blocks(double t, std::vector<walker>& to) const {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const auto& around = blocks_[b].area;
    // The hill reaches to the tunnel's mouth: nobody walks through it.
    if (around.y0 < tunnel::hill.y1 && around.x1 > tunnel::from_x && around.x0 < tunnel::to_x)
      continue;
    const float ring = loop_length(around, ring_radius);
    for (int i = 0; i < walkers_of(blocks_[b].kind); ++i) {
      const auto who = hashed(seed_, 90, b, i);
      const float speed = between(hashed(who, 1), 1, 1.65f);
      const double gone = fraction(hashed(who, 2)) * ring + speed * t;
      const auto lap = static_cast<std::int64_t>(std::floor(gone / ring));
      const auto id = hashed(who, 3, lap);
      const auto s = static_cast<float>(gone - static_cast<double>(lap) * ring);
      if (fraction(hashed(id, 4)) > busyness(clock_.hour_at(t - s / speed)))
        continue;
      // Each lap begins and ends in a house.
      const float indoors = std::max(1 - s / 7, 1 - (ring - s) / 7);
      const float out = between(hashed(id, 5), -1.f, 1.15f) - std::max(0.f, indoors) * 9;
      const bool back = hashed(who, 6) % 2 == 0;
      const float seam = fraction(hashed(who, 7)) * ring;
      const float where = std::fmod(back ? seam + ring - s : seam + s, ring);
      const auto point = on_loop(around, ring_radius, where, out);
      auto made = a_walker(id);
      made.at = point.at;
      made.ahead = back ? point.ahead * -1 : point.ahead;
      if (indoors > 0)
        made.ahead = unit(made.ahead + right_of(point.ahead) * (s < 7 ? 1.2f : -1.2f));
      made.speed = speed;
      made.travelled = s;
      to.push_back(made);
    }
  }
}

void walkers::on_paths(double t, std::vector<walker>& to) const {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    if (blocks_[b].kind != district::park || blocks_[b].area.y0 < tunnel::hill.y1)
      continue;
    const auto& in = blocks_[b].area;
    for (int i = 0; i < 14; ++i) {
      const auto who = hashed(seed_, 91, b, i);
      const bool upright = i % 2 == 0;
      const float stretch = upright ? in.depth() : in.width(), speed = between(hashed(who, 1), .8f, 1.5f);
      const double gone = fraction(hashed(who, 2)) * stretch + speed * t;
      const auto leg = static_cast<std::int64_t>(std::floor(gone / stretch));
      const auto id = hashed(who, 3, leg / 2);
      if (fraction(hashed(id, 4)) > busyness(clock_.hour_at(t)) + .2f)
        continue;
      const bool back = leg % 2 != 0;
      const auto s = static_cast<float>(gone - static_cast<double>(leg) * stretch);
      const float along = back ? stretch - s : s,
                  aside = (back ? -1.f : 1.f) * between(hashed(who, 5), .2f, 1.3f);
      auto made = a_walker(id);
      made.at =
          upright ? vec2{in.middle().x + aside, in.y0 + along} : vec2{in.x0 + along, in.middle().y - aside};
      made.ahead = (upright ? vec2{0, 1} : vec2{1, 0}) * (back ? -1.f : 1.f);
      made.speed = speed;
      made.travelled = s;
      to.push_back(made);
    }
  }
}

namespace {

/// How somebody crosses a street: out of a house, along the walk, waiting, over, and into another house. In
/// the frame of one leg of an intersection: `along` away from its middle, `across` to the other side.
struct errand {
  double over_at = 0;
  float speed = 1.3f, waits = 0, from = 20, to = 20, lane = 0;
  bool mirrored = false;

  bool at(double t, float& along, float& across, vec2& ahead, float& travelled, bool& stands) const {
    const float lane_at = (street::zebra_from + street::zebra_to) / 2 + lane;
    const std::array<vec2, 6> points{vec2{lane_at + from, -15},    {lane_at + from, -street::walk},
                                     {lane_at, -street::walk},     {lane_at, street::walk},
                                     {lane_at + to, street::walk}, {lane_at + to, 15}};
    const float first =
        length(points[1] - points[0]) + length(points[2] - points[1]) - (street::walk - street::curb) + 1.7f;
    double since = t - (over_at - waits - first / speed);
    if (since < 0)
      return false;
    const double waiting_from = first / speed;
    stands = since > waiting_from && since < waiting_from + waits;
    if (since > waiting_from)
      since = std::max(waiting_from, since - waits);
    float s = static_cast<float>(since) * speed;
    travelled = s;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      const float part = length(points[i + 1] - points[i]);
      if (s <= part) {
        const vec2 d = unit(points[i + 1] - points[i]), here = points[i] + d * s;
        along = here.x;
        across = mirrored ? -here.y : here.y;
        ahead = {d.x, mirrored ? -d.y : d.y};
        if (stands)
          ahead = {0, mirrored ? -1.f : 1.f};
        return true;
      }
      s -= part;
    }
    return false;
  }
};

} // namespace

void walkers::over_streets(double t, std::vector<walker>& to) const {
  for (int column = 0; column < street::columns; ++column)
    for (int row = 0; row < street::rows; ++row) {
      if (!is_crossing(column, row))
        continue;
      const vec2 middle{street::x_of(column), street::y_of(row)};
      const auto kind = district_at(middle + vec2{14, 14});
      const int wanted = kind == district::downtown ? 5 : 2;
      const double phase = signals::phase_of(seed_, column, row, t);
      const auto now = static_cast<std::int64_t>(std::llround((t - phase) / signals::cycle * 64));
      for (int leg = 0; leg < 4; ++leg) {
        const vec2 out = street::directions[static_cast<std::size_t>(leg)], over = right_of(out);
        for (int before = 0; before < 2; ++before)
          for (int i = 0; i < wanted; ++i) {
            const auto id = hashed(seed_, 92, column * 8 + row, leg, now - 64 * before, i);
            if (fraction(hashed(id, 1)) > .75f * busyness(clock_.hour_at(t - phase)))
              continue;
            errand made;
            made.over_at =
                t - phase - before * signals::cycle + signals::walk_from + between(hashed(id, 2), 0, 2.5f);
            made.speed = between(hashed(id, 3), 1.2f, 1.6f);
            made.waits = between(hashed(id, 4), 0, 28);
            made.from = between(hashed(id, 5), 6, 24);
            made.to = between(hashed(id, 6), 6, 24);
            made.lane = between(hashed(id, 7), -1.2f, 1.2f);
            made.mirrored = hashed(id, 8) % 2 == 0;
            float along = 0, across = 0;
            bool stands = false;
            vec2 ahead;
            auto who = a_walker(id);
            if (!made.at(t, along, across, ahead, who.travelled, stands))
              continue;
            who.at = middle + out * along + over * across;
            who.ahead = out * ahead.x + over * ahead.y;
            who.speed = stands ? 0 : made.speed;
            to.push_back(who);
          }
      }
    }
}

void walkers::at(double t, std::vector<walker>& to) const {
  round_blocks(t, to);
  on_paths(t, to);
  over_streets(t, to);
}

} // namespace ecco::world
