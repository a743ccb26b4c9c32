// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/city_map.hpp"

namespace ecco::world {
namespace {

constexpr std::array<float, street::columns + 2> x_lines{street::west,    street::x_of(0), street::x_of(1),
                                                         street::x_of(2), street::x_of(3), street::x_of(4),
                                                         street::x_of(5), street::x_of(6), street::east};
constexpr std::array<float, street::rows + 2> y_lines{street::south,   street::y_of(0), street::y_of(1),
                                                      street::y_of(2), street::y_of(3), street::y_of(4),
                                                      street::north};

district kind_of(int column, int row) {
  if (column <= 2 || column == 7)
    return district::suburb;
  if (column == 5 || (column == 4 && row <= 1))
    return district::park;
  return district::downtown;
}

rgb pick(std::uint64_t hash, std::initializer_list<rgb> colours) {
  const auto chosen = *(colours.begin() + hash % colours.size());
  return chosen * between(hashed(hash, 1), .85f, 1.1f);
}

void add_offices(city& to, const block& in) {
  const rect lots = in.area.shrunk(1.2f);
  const int across = lots.width() > 60 ? 3 : 2, deep = 2;
  for (int i = 0; i < across; ++i)
    for (int j = 0; j < deep; ++j) {
      const auto hash = hashed(in.seed, i, j);
      const float wide = lots.width() / static_cast<float>(across),
                  long_side = lots.depth() / static_cast<float>(deep);
      const float gap = between(hashed(hash, 2), 0.f, 2.2f);
      building made;
      made.base = {lots.x0 + static_cast<float>(i) * wide + (i > 0 ? gap : 0),
                   lots.y0 + static_cast<float>(j) * long_side, lots.x0 + static_cast<float>(i + 1) * wide,
                   lots.y0 + static_cast<float>(j + 1) * long_side - (j == 0 ? gap : 0)};
      const bool office = fraction(hashed(hash, 3)) < .5f;
      made.style = office ? building_style::office : building_style::brick;
      made.height = office ? between(hashed(hash, 4), 17, 46) : between(hashed(hash, 4), 10, 22);
      made.walls = office
                       ? pick(hashed(hash, 5),
                              {{.34f, .36f, .38f}, {.5f, .49f, .46f}, {.24f, .28f, .33f}, {.55f, .5f, .42f}})
                       : pick(hashed(hash, 5), {{.34f, .15f, .1f},
                                                {.5f, .4f, .28f},
                                                {.55f, .52f, .45f},
                                                {.42f, .26f, .18f},
                                                {.4f, .42f, .4f}});
      made.roof = rgb{.16f, .16f, .165f} * between(hashed(hash, 6), .7f, 1.5f);
      made.seed = static_cast<std::uint32_t>(hash);
      to.buildings.push_back(made);
    }
}

void add_tree(city& to, vec2 foot, float ground, std::uint64_t hash) {
  tree made;
  made.foot = foot;
  made.ground = ground;
  made.conifer = fraction(hashed(hash, 1)) < .2f;
  made.height = between(hashed(hash, 2), 5.5f, 10);
  made.radius = made.height * (made.conifer ? .22f : between(hashed(hash, 3), .26f, .36f));
  made.seed = static_cast<std::uint32_t>(hash);
  to.trees.push_back(made);
}

void add_houses(city& to, const block& in) {
  const rect lots = in.area;
  const int across = std::max(1, static_cast<int>(lots.width() / 21));
  const float pitch = lots.width() / static_cast<float>(across);
  for (int i = 0; i < across; ++i)
    for (int side = 0; side < 2; ++side) {
      const auto hash = hashed(in.seed, i, side);
      const float wide = between(hashed(hash, 1), 9, 13), deep = between(hashed(hash, 2), 8, 10);
      const float x = lots.x0 + (static_cast<float>(i) + between(hashed(hash, 3), .42f, .58f)) * pitch;
      const float front = between(hashed(hash, 4), 5, 8);
      const float y0 = side == 0 ? lots.y0 + front : lots.y1 - front - deep;
      building made;
      made.base = {x - wide / 2, y0, x + wide / 2, y0 + deep};
      made.style = building_style::house;
      made.height = between(hashed(hash, 5), 3.6f, 6.2f);
      made.walls = pick(hashed(hash, 6), {{.62f, .6f, .54f},
                                          {.55f, .46f, .34f},
                                          {.35f, .17f, .12f},
                                          {.44f, .5f, .53f},
                                          {.66f, .63f, .6f},
                                          {.5f, .52f, .42f}});
      made.roof =
          pick(hashed(hash, 7), {{.2f, .07f, .05f}, {.1f, .1f, .11f}, {.16f, .1f, .07f}, {.13f, .14f, .16f}});
      made.seed = static_cast<std::uint32_t>(hash);
      to.buildings.push_back(made);
      for (int k = 0; k < 3; ++k) {
        const auto at = hashed(hash, 20 + k);
        const float tree_y = side == 0 ? lots.y0 + between(hashed(at, 1), 1.5f, 26)
                                       : lots.y1 - between(hashed(at, 1), 1.5f, 26);
        const vec2 foot{x + (k == 1 ? 1.f : -1.f) * between(hashed(at, 2), wide / 2 + 2.f, pitch / 2),
                        tree_y};
        if (lots.contains(foot))
          add_tree(to, foot, 0, at);
      }
    }
}

void add_park_trees(city& to, const block& in) {
  const vec2 middle = in.area.middle();
  const int wanted = static_cast<int>(in.area.width() * in.area.depth() / 150);
  for (int i = 0; i < wanted; ++i) {
    const auto hash = hashed(in.seed, 100 + i);
    const vec2 foot{between(hashed(hash, 1), in.area.x0 + 1, in.area.x1 - 1),
                    between(hashed(hash, 2), in.area.y0 + 1, in.area.y1 - 1)};
    const vec2 d = foot - middle;
    const bool on_path = std::abs(d.x) < 4 || std::abs(d.y) < 4 || length(d) < 13;
    const rect slopes{tunnel::hill.x0 - 3, tunnel::hill.y0 - 3, tunnel::hill.x1 + 3, tunnel::hill.y1 + 3};
    if (on_path || slopes.contains(foot))
      continue;
    add_tree(to, foot, 0, hash);
  }
}

void add_hill_trees(city& to) {
  for (int i = 0; i < 60; ++i) {
    const auto hash = hashed(to.seed, 500 + i);
    const rect top{tunnel::hill.x0 + 5, tunnel::hill.y0 + tunnel::slope + 2, tunnel::hill.x1 - 5,
                   tunnel::hill.y1 - tunnel::slope - 2};
    add_tree(to, {between(hashed(hash, 1), top.x0, top.x1), between(hashed(hash, 2), top.y0, top.y1)},
             tunnel::hill_height, hash);
  }
}

/// Lamps, trees and parking along one side of a stretch of street, from `begin` on in direction `ahead`;
/// traffic on that side goes `ahead`.
void line_street(city& to, vec2 begin, vec2 ahead, float stretch, bool has_trees) {
  const vec2 right = right_of(ahead);
  const auto hash = hashed(to.seed, 900, static_cast<int>(begin.x), static_cast<int>(begin.y),
                           static_cast<int>(ahead.x * 2 + ahead.y));
  for (float s = 20; s < stretch - 14; s += 27)
    to.lamps.push_back({begin + ahead * s + right * (street::curb + .6f), right * -1});
  for (float s = 24; s < stretch - 20; s += 6.4f) {
    const vec2 at = begin + ahead * s + right * street::parking;
    to.spots.push_back({at, ahead, district_at(at + right * 12)});
  }
  if (has_trees)
    for (float s = 22; s < stretch - 18; s += 12) {
      const auto at = hashed(hash, static_cast<int>(s));
      if (fraction(at) < .6f)
        add_tree(to, begin + ahead * (s + 5) + right * (street::curb + 1.1f), 0, at);
    }
}

void line_both(city& to, vec2 begin, vec2 ahead, float stretch) {
  const vec2 end = begin + ahead * stretch;
  const vec2 middle = begin + ahead * (stretch / 2);
  const bool has_trees = district_at(middle + right_of(ahead) * 20) == district::downtown;
  line_street(to, begin, ahead, stretch, has_trees);
  line_street(to, end, ahead * -1, stretch, has_trees);
}

void add_streets(city& to) {
  for (int row = 0; row < street::rows; ++row)
    for (int i = 0; i + 1 < static_cast<int>(x_lines.size()); ++i) {
      if (row == 0 && (i == 4 || i == 5))
        continue; // the tunnel has lights of its own, and no room to park
      const auto k = static_cast<std::size_t>(i);
      line_both(to, {x_lines[k], street::y_of(row)}, {1, 0}, x_lines[k + 1] - x_lines[k]);
    }
  for (int column = 0; column < street::columns; ++column)
    for (int j = 0; j + 1 < static_cast<int>(y_lines.size()); ++j) {
      if (column == 4 && j <= 1)
        continue;
      const auto k = static_cast<std::size_t>(j);
      line_both(to, {street::x_of(column), y_lines[k]}, {0, 1}, y_lines[k + 1] - y_lines[k]);
    }
}

void add_highway_lamps(city& to) {
  for (float x = highway::west + 20; x < highway::east; x += 46)
    for (const float side : {-1.f, 1.f})
      to.lamps.push_back(
          {{x + side * 11, highway::middle_y + side * (highway::half_width + .8f)}, {0, -side}});
}

void add_backdrop(city& to) {
  for (int i = 0; i < 150; ++i) {
    const auto hash = hashed(to.seed, 700, i);
    const float turn = static_cast<float>(i) / 150 * 2 * pi, far = between(hashed(hash, 1), 560, 760);
    const vec2 at{std::cos(turn) * far, std::sin(turn) * far};
    const float wide = between(hashed(hash, 2), 14, 40);
    building made;
    made.base = {at.x - wide / 2, at.y - wide / 2, at.x + wide / 2, at.y + wide / 2};
    made.height = between(hashed(hash, 3), 7, 30);
    made.style = building_style::brick;
    made.walls = pick(hashed(hash, 4), {{.4f, .38f, .36f}, {.3f, .3f, .32f}, {.45f, .4f, .33f}});
    made.roof = made.walls * .5f;
    made.seed = static_cast<std::uint32_t>(hash);
    to.buildings.push_back(made);
  }
  for (int i = 0; i < 170; ++i) {
    const auto hash = hashed(to.seed, 800, i);
    const float side = i % 2 == 0 ? highway::half_width + 7 : -highway::half_width - 6;
    add_tree(to,
             {between(hashed(hash, 1), highway::west, highway::east),
              highway::middle_y + side + (i % 2 == 0 ? 1.f : -.3f) * between(hashed(hash, 2), 0, 14)},
             0, hash);
  }
}

} // namespace

float covered(vec2 p) {
  if (std::abs(p.y - tunnel::middle_y) > tunnel::half_width + .3f)
    return 0;
  return std::min(smooth(tunnel::from_x - 2, tunnel::from_x + 14, p.x),
                  1 - smooth(tunnel::to_x - 14, tunnel::to_x + 2, p.x));
}

bool near_tunnel(vec2 p, float reach) {
  const vec2 nearest{std::clamp(p.x, tunnel::inside.x0, tunnel::inside.x1),
                     std::clamp(p.y, tunnel::inside.y0, tunnel::inside.y1)};
  return length(p - nearest) < reach;
}

district district_at(vec2 p) {
  if (p.y > highway::middle_y - 32)
    return district::highway;
  if (tunnel::inside.contains(p))
    return district::tunnel;
  int column = 0, row = 0;
  while (column + 2 < static_cast<int>(x_lines.size()) && p.x > x_lines[static_cast<std::size_t>(column + 1)])
    ++column;
  while (row + 2 < static_cast<int>(y_lines.size()) && p.y > y_lines[static_cast<std::size_t>(row + 1)])
    ++row;
  return kind_of(column, row);
}

std::optional<district> district_named(std::string_view name) {
  for (std::size_t i = 0; i < district_names.size(); ++i)
    if (district_names[i] == name)
      return static_cast<district>(i);
  return std::nullopt;
}

city make_city(std::uint64_t seed) {
  city made;
  made.seed = seed;
  for (int column = 0; column + 1 < static_cast<int>(x_lines.size()); ++column)
    for (int row = 0; row + 1 < static_cast<int>(y_lines.size()); ++row) {
      const auto c = static_cast<std::size_t>(column), r = static_cast<std::size_t>(row);
      if (column == 5 && row <= 1)
        continue; // one with its neighbour in the west
      block in;
      in.kind = kind_of(column, row);
      in.seed = static_cast<std::uint32_t>(hashed(seed, 10, column, row));
      const float right = column == 4 && row <= 1 ? x_lines[c + 2] : x_lines[c + 1];
      in.area = rect{x_lines[c], y_lines[r], right, y_lines[r + 1]}.shrunk(street::lots);
      made.blocks.push_back(in);
      if (in.kind == district::downtown)
        add_offices(made, in);
      else if (in.kind == district::suburb)
        add_houses(made, in);
      else
        add_park_trees(made, in);
    }
  add_hill_trees(made);
  add_streets(made);
  add_highway_lamps(made);
  add_backdrop(made);
  return made;
}

} // namespace ecco::world
