// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/scenery.hpp"

#include "runtime/world/signals.hpp"

namespace ecco::world {
namespace {

using street::directions;

constexpr rgb asphalt{.105f, .105f, .11f}, slabs{.3f, .29f, .275f}, concrete{.36f, .35f, .33f},
    steel{.2f, .21f, .22f}, lawn{.115f, .165f, .055f};

class builder {
 public:
  explicit builder(const city& of) : city_(of) {}

  scenery build() {
    ground();
    streets();
    blocks();
    highway_road();
    for (const auto& one : city_.buildings)
      house(one);
    for (const auto& post : city_.lamps)
      lamp(post);
    for (int column = 0; column < street::columns; ++column)
      for (int row = 0; row < street::rows; ++row)
        if (is_crossing(column, row))
          signal_posts({street::x_of(column), street::y_of(row)});
    hill();
    tube();
    highway_rails();
    return std::move(made_);
  }

 private:
  mesh& shapes() { return made_.shapes; }
  /// Puts the faces since the last call into clusters.
  void close();

  void ground();
  void streets();
  void stretch(vec2 from, vec2 to);
  void crossing(vec2 middle, int column, int row);
  void blocks();
  void park(const block& in);
  void highway_road();
  void highway_rails();
  void house(const building& of);
  void gable(const building& of);
  void lamp(const lamp_post& post);
  void signal_posts(vec2 middle);
  void hill();
  void portal(float x, float way);
  void tube();

  const city& city_;
  scenery made_;
  std::uint32_t closed_ = 0;
};

void builder::close() {
  const auto count = static_cast<std::uint32_t>(shapes().faces.size()) - closed_;
  if (count == 0)
    return;
  vec3 low{1e9f, 1e9f, 1e9f}, high{-1e9f, -1e9f, -1e9f};
  for (auto i = closed_; i < closed_ + count; ++i)
    for (std::uint32_t k = 0; k < shapes().faces[i].count; ++k) {
      const vec3 p = shapes().corners[shapes().faces[i].first + k];
      low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
    }
  made_.clusters.push_back({closed_, count, (low + high) * .5f, length(high - low) / 2});
  closed_ += count;
}

void builder::ground() {
  for (int i = -4; i < 4; ++i)
    for (int j = -4; j < 4; ++j) {
      const auto x = static_cast<float>(i) * 220, y = static_cast<float>(j) * 220;
      add_ground(shapes(), material::grass, lawn, rect{x, y, x + 220, y + 220});
      close();
    }
}

/// A piece of street between two points on its middle; v counts from the middle.
void builder::stretch(vec2 from, vec2 to) {
  const vec2 ahead = unit(to - from), left = right_of(ahead) * -street::curb;
  const std::array<vec2, 4> around{from - left, to - left, to + left, from + left};
  auto& made = add_ground(shapes(), material::street, asphalt, around);
  made.origin = at_height(from, 0);
  made.along = at_height(ahead, 0);
  made.up = at_height(unit(left), 0);
  made.seed =
      static_cast<std::uint32_t>(hashed(city_.seed, 20, static_cast<int>(from.x), static_cast<int>(from.y)));
  close();
}

void builder::crossing(vec2 middle, int column, int row) {
  constexpr float half = street::zebra_to + 1.4f;
  add_ground(shapes(), material::paving, slabs,
             rect{middle.x - half, middle.y - half, middle.x + half, middle.y + half});
  add_ground(shapes(), material::crossing, asphalt,
             rect{middle.x - street::curb, middle.y - half, middle.x + street::curb, middle.y + half});
  add_ground(shapes(), material::crossing, asphalt,
             rect{middle.x - half, middle.y - street::curb, middle.x + half, middle.y + street::curb});
  for (std::size_t leg = 0; leg < 4; ++leg) {
    const vec2 out = directions[leg], over = right_of(out);
    const bool park_end = column == 4 && row == 1 && leg == 3;
    if (park_end)
      continue;
    const auto strip = [&](material made_of, rgb colour, float from, float to, float left, float right) {
      const std::array<vec2, 4> around{middle + out * from + over * right, middle + out * to + over * right,
                                       middle + out * to + over * left, middle + out * from + over * left};
      auto& made = add_ground(shapes(), made_of, colour, around);
      made.origin = at_height(middle, 0);
      made.along = at_height(over, 0);
      made.up = at_height(out, 0);
    };
    strip(material::zebra, {.58f, .58f, .56f}, street::zebra_from, street::zebra_to, -7, 7);
    // Those who come towards the middle on this leg keep to their right, which is our left looking out.
    strip(material::plain, {.5f, .5f, .48f}, street::stop_line - .35f, street::stop_line, -5.2f, -.1f);
  }
  close();
}

void builder::streets() {
  for (int row = 0; row < street::rows; ++row)
    for (float x = street::west; x < street::east - 1; x += 65)
      stretch({x, street::y_of(row)}, {x + 65, street::y_of(row)});
  for (int column = 0; column < street::columns; ++column) {
    const float south = column == 4 ? street::y_of(1) - street::curb : street::south;
    const auto pieces = std::ceil((street::north - south) / 65);
    for (float k = 0; k < pieces; ++k) {
      const float step = (street::north - south) / pieces;
      stretch({street::x_of(column), south + k * step}, {street::x_of(column), south + (k + 1) * step});
    }
  }
  for (int column = 0; column < street::columns; ++column)
    for (int row = 0; row < street::rows; ++row)
      if (is_crossing(column, row))
        crossing({street::x_of(column), street::y_of(row)}, column, row);
}

void builder::park(const block& in) {
  const vec2 middle = in.area.middle();
  const auto path = [&](const rect& area) {
    add_ground(shapes(), material::gravel, {.36f, .3f, .21f}, area);
  };
  path({middle.x - 1.9f, in.area.y0, middle.x + 1.9f, in.area.y1});
  path({in.area.x0, middle.y - 1.9f, in.area.x1, middle.y + 1.9f});
  std::array<vec2, 14> round;
  for (std::size_t i = 0; i < round.size(); ++i) {
    const float turn = static_cast<float>(i) / static_cast<float>(round.size()) * 2 * pi;
    round[i] = middle + vec2{std::cos(turn), std::sin(turn)} * 11;
  }
  add_ground(shapes(), material::plaza, {.36f, .34f, .31f}, round);
  if (in.area.width() > 60) {
    for (std::size_t i = 0; i < round.size(); ++i)
      round[i] = middle + vec2{-21, 15} + vec2{(round[i] - middle).x * 1.1f, (round[i] - middle).y * .75f};
    add_ground(shapes(), material::water, {.03f, .06f, .07f}, round).gloss = .8f;
  }
}

void builder::blocks() {
  for (const auto& in : city_.blocks) {
    const rect walk = in.area.shrunk(street::curb - street::lots);
    constexpr float round = 4.2f;
    const std::array<vec2, 8> around{vec2{walk.x0 + round, walk.y0}, {walk.x1 - round, walk.y0},
                                     {walk.x1, walk.y0 + round},     {walk.x1, walk.y1 - round},
                                     {walk.x1 - round, walk.y1},     {walk.x0 + round, walk.y1},
                                     {walk.x0, walk.y1 - round},     {walk.x0, walk.y0 + round}};
    add_ground(shapes(), material::paving, slabs, around);
    if (in.kind == district::downtown) {
      add_ground(shapes(), material::plaza, slabs * .9f, in.area);
    } else {
      add_ground(shapes(), material::grass, lawn, in.area);
      if (in.kind == district::park)
        park(in);
    }
    close();
    if (in.kind == district::suburb)
      for (const auto& of : city_.buildings) {
        if (of.style != building_style::house || !in.area.contains(of.base.middle()))
          continue;
        const bool south = of.base.y0 - in.area.y0 < in.area.y1 - of.base.y1;
        const float x = of.base.x1 - 3.2f;
        add_ground(shapes(), material::drive, concrete * .8f,
                   south ? rect{x, in.area.y0, x + 2.9f, of.base.y0}
                         : rect{x, of.base.y1, x + 2.9f, in.area.y1});
        const rgb hedge{.05f, .1f, .03f};
        const float y = south ? in.area.y0 + .7f : in.area.y1 - .7f, from = of.base.x0 - 3.5f;
        shapes().box(material::foliage, hedge, material::foliage, hedge * 1.3f, {(from + x - .6f) / 2, y},
                     {1, 0}, x - .6f - from, .8f, 0, 1.05f);
        close();
      }
  }
}

void builder::highway_road() {
  for (float x = highway::west - 300; x < highway::east + 300; x += 77) {
    const float w = highway::half_width;
    auto& made = add_ground(shapes(), material::highway, asphalt * .95f,
                            rect{x, highway::middle_y - w, x + 77, highway::middle_y + w});
    made.origin = {x, highway::middle_y, 0};
    close();
  }
}

void builder::highway_rails() {
  for (float x = highway::west - 100; x < highway::east + 100; x += 40) {
    shapes().box(material::concrete, concrete, material::concrete, concrete, {x + 20, highway::middle_y},
                 {1, 0}, 40, .5f, 0, .85f);
    for (const float side : {-1.f, 1.f})
      shapes().box(material::metal, steel * 1.7f, material::metal, steel * 2.f,
                   {x + 20, highway::middle_y + side * (highway::half_width - .4f)}, {1, 0}, 40, .15f, .4f,
                   .75f);
    close();
  }
  for (const float x : {-250.f, -20.f, 210.f}) {
    for (const float side : {-1.f, 0.f, 1.f})
      shapes().box(material::metal, steel, material::metal, steel,
                   {x, highway::middle_y + side * (highway::half_width + .5f)}, {1, 0}, .5f, .5f, 0, 7.2f);
    shapes().box(material::metal, steel, material::metal, steel, {x, highway::middle_y}, {0, 1},
                 2 * highway::half_width + 1, .5f, 6.6f, 7.2f);
    for (const float side : {-7.5f, 7.5f})
      shapes().box(material::sign, {.02f, .16f, .42f}, material::metal, steel,
                   {x + (side < 0 ? -.4f : .4f), highway::middle_y + side}, {0, 1}, 8, .2f, 5.6f, 8.2f);
    close();
  }
  // A wall keeps the noise from the city.
  for (float x = highway::west; x < highway::east; x += 48) {
    shapes().box(material::concrete, concrete * rgb{.9f, .85f, .75f}, material::concrete, concrete,
                 {x + 24, highway::middle_y - highway::half_width - 4}, {1, 0}, 48, .3f, 0, 3.4f);
    close();
  }
}

void builder::gable(const building& of) {
  const rect b = of.base;
  const float eaves = of.height, ridge = eaves + b.depth() * .42f, over = .5f, y = b.middle().y;
  auto& s = shapes();
  const rgb roof = of.roof;
  s.quad(material::tiles, roof, {b.x0 - over, b.y0 - over, eaves - .2f},
         {b.x1 + over, b.y0 - over, eaves - .2f}, {b.x1 + over, y, ridge}, {b.x0 - over, y, ridge})
      .thin = true;
  s.quad(material::tiles, roof, {b.x1 + over, b.y1 + over, eaves - .2f},
         {b.x0 - over, b.y1 + over, eaves - .2f}, {b.x0 - over, y, ridge}, {b.x1 + over, y, ridge})
      .thin = true;
  const std::array<vec3, 3> east{vec3{b.x1, b.y0, eaves}, {b.x1, b.y1, eaves}, {b.x1, y, ridge - .1f}};
  const std::array<vec3, 3> west{vec3{b.x0, b.y1, eaves}, {b.x0, b.y0, eaves}, {b.x0, y, ridge - .1f}};
  s.add(material::plain, of.walls, east);
  s.add(material::plain, of.walls, west);
  const vec2 chimney{b.x0 + b.width() * .3f, y + b.depth() * .15f};
  s.box(material::plain, {.25f, .12f, .09f}, material::plain, {.08f, .08f, .08f}, chimney, {1, 0}, .7f, .7f,
        eaves, ridge + .7f);
}

void builder::house(const building& of) {
  const vec2 middle = of.base.middle();
  const material walls = of.style == building_style::office  ? material::office
                         : of.style == building_style::house ? material::house
                                                             : material::brick;
  const auto first = shapes().faces.size();
  shapes().box(walls, of.walls, material::flat_roof, of.roof, middle, {1, 0}, of.base.width(),
               of.base.depth(), 0, of.height);
  for (std::size_t i = first; i < shapes().faces.size(); ++i)
    shapes().faces[i].seed = of.seed + static_cast<std::uint32_t>(i - first) * 7919;
  if (of.style == building_style::house) {
    gable(of);
  } else if (of.base.width() > 12 && length(middle) < 450) {
    const auto hash = hashed(of.seed, 9);
    shapes().box(material::concrete, of.walls * .8f, material::flat_roof, of.roof,
                 middle + vec2{between(hash, -4, 4), 2}, {1, 0}, 5, 4, of.height, of.height + 2.6f);
    // A parapet.
    const rect b = of.base.shrunk(-.15f);
    shapes().box(material::plain, of.walls * .75f, material::plain, of.walls * .6f, {middle.x, b.y0 + .2f},
                 {1, 0}, b.width(), .4f, of.height, of.height + .7f);
    shapes().box(material::plain, of.walls * .75f, material::plain, of.walls * .6f, {middle.x, b.y1 - .2f},
                 {1, 0}, b.width(), .4f, of.height, of.height + .7f);
    shapes().box(material::plain, of.walls * .75f, material::plain, of.walls * .6f, {b.x0 + .2f, middle.y},
                 {0, 1}, b.depth(), .4f, of.height, of.height + .7f);
    shapes().box(material::plain, of.walls * .75f, material::plain, of.walls * .6f, {b.x1 - .2f, middle.y},
                 {0, 1}, b.depth(), .4f, of.height, of.height + .7f);
  }
  close();
}

void builder::lamp(const lamp_post& post) {
  shapes().box(material::metal, steel, material::metal, steel, post.foot, post.arm, .16f, .16f, 0, 7);
  shapes().box(material::metal, steel, material::metal, steel, post.foot + post.arm * .9f, post.arm, 1.9f,
               .1f, 6.92f, 7.02f);
  shapes().box(material::metal, steel * 1.4f, material::metal, steel, post.foot + post.arm * 1.9f, post.arm,
               .7f, .3f, 6.85f, 7);
  close();
}

/// Where the signal for who comes along `approach` stands, and the way it looks.
struct signal_place {
  vec2 foot, faces;
};
signal_place place_of_signal(vec2 middle, std::size_t approach) {
  const vec2 ahead = directions[approach];
  return {middle - ahead * (street::zebra_to + .7f) + right_of(ahead) * (street::curb + .5f), ahead * -1};
}

void builder::signal_posts(vec2 middle) {
  for (std::size_t approach = 0; approach < 4; ++approach) {
    const auto at = place_of_signal(middle, approach);
    shapes().box(material::metal, steel * .6f, material::metal, steel, at.foot, at.faces, .14f, .14f, 0,
                 4.2f);
    shapes().box(material::plain, {.025f, .025f, .025f}, material::plain, {.02f, .02f, .02f},
                 at.foot + at.faces * .2f, at.faces, .25f, .36f, 2.9f, 4.0f);
    // Another one hangs over the lane.
    const vec2 over = directions[approach];
    const vec2 arm = right_of(over) * -1;
    shapes().box(material::metal, steel * .6f, material::metal, steel, at.foot, at.faces, .16f, .16f, 4.2f,
                 6);
    shapes().box(material::metal, steel * .6f, material::metal, steel, at.foot + arm * 2.8f, arm, 5.6f, .12f,
                 5.85f, 6);
    shapes().box(material::plain, {.025f, .025f, .025f}, material::plain, {.02f, .02f, .02f},
                 at.foot + arm * 5.4f, at.faces, .25f, .4f, 5.1f, 6.2f);
  }
  close();
}

void builder::hill() {
  const rect base = tunnel::hill, top{base.x0, base.y0 + tunnel::slope, base.x1, base.y1 - tunnel::slope};
  const float h = tunnel::hill_height;
  auto& s = shapes();
  constexpr float piece = 36;
  for (float x = base.x0; x < base.x1 - 1; x += piece) {
    const rgb green = lawn * .95f;
    s.quad(material::grass, green, {x, base.y0, 0}, {x + piece, base.y0, 0}, {x + piece, top.y0, h},
           {x, top.y0, h});
    s.quad(material::grass, green, {x + piece, base.y1, 0}, {x, base.y1, 0}, {x, top.y1, h},
           {x + piece, top.y1, h});
    s.quad(material::grass, green, {x, top.y0, h}, {x + piece, top.y0, h}, {x + piece, top.y1, h},
           {x, top.y1, h});
    close();
  }
  portal(base.x0, -1);
  portal(base.x1, 1);
}

/// The wall at an end of the tunnel, seen from `way`.
void builder::portal(float x, float way) {
  const rect base = tunnel::hill;
  const float h = tunnel::hill_height + .6f, w = tunnel::half_width, y = tunnel::middle_y,
              open = tunnel::height;
  const auto wall = [&](std::initializer_list<vec2> around) {
    std::array<vec3, 8> corners;
    std::size_t count = 0;
    for (const auto p : around)
      corners[count++] = {x, p.x, p.y};
    if (way < 0)
      std::reverse(corners.begin(), corners.begin() + static_cast<std::ptrdiff_t>(count));
    auto& made = shapes().add(material::concrete, concrete, std::span{corners}.first(count));
    made.origin = {x, y, 0};
    made.along = {0, 1, 0};
    made.up = {0, 0, 1};
  };
  wall({{base.y0, 0}, {y - w, 0}, {y - w, h}, {base.y0 + tunnel::slope, h}});
  wall({{y + w, 0}, {base.y1, 0}, {base.y1 - tunnel::slope, h}, {y + w, h}});
  wall({{y - w, open}, {y + w, open}, {y + w, h}, {y - w, h}});
  // A pale frame around the mouth.
  const float out = x + way * .12f;
  for (const float side : {-1.f, 1.f})
    shapes().box(material::plain, concrete * 1.4f, material::plain, concrete * 1.4f,
                 {out, y + side * (w + .35f)}, {1, 0}, .25f, .7f, 0, open + .7f);
  shapes().box(material::sign, {.45f, .33f, .03f}, material::plain, concrete, {x + way * .2f, y}, {0, 1},
               2 * w, .2f, open + .1f, open + .8f);
  close();
}

void builder::tube() {
  const float w = tunnel::half_width, y = tunnel::middle_y, h = tunnel::height;
  for (float x = tunnel::from_x; x < tunnel::to_x - 1; x += 24) {
    auto& s = shapes();
    const rgb tile{.5f, .48f, .42f};
    const auto inner = [&](face& made, vec3 up) {
      made.origin = {0, y, 0};
      made.along = {1, 0, 0};
      made.up = up;
    };
    inner(s.quad(material::tunnel_wall, tile, {x, y + w, 0}, {x + 24, y + w, 0}, {x + 24, y + w, h},
                 {x, y + w, h}),
          {0, 0, 1});
    inner(s.quad(material::tunnel_wall, tile, {x + 24, y - w, 0}, {x, y - w, 0}, {x, y - w, h},
                 {x + 24, y - w, h}),
          {0, 0, 1});
    inner(s.quad(material::tunnel_ceiling, concrete * .5f, {x, y + w, h}, {x + 24, y + w, h},
                 {x + 24, y - w, h}, {x, y - w, h}),
          {0, 1, 0});
    close();
  }
}

leaves make_leaves(vec3 middle, float radius, rgb colour, std::uint64_t hash) {
  leaves made{middle, radius, colour, static_cast<std::uint32_t>(hash), {}};
  for (std::size_t i = 0; i < made.around.size(); ++i) {
    const float turn = static_cast<float>(i) / static_cast<float>(made.around.size()) * 2 * pi;
    const float r = radius * between(hashed(hash, i), .84f, 1.06f);
    made.around[i] = {std::cos(turn) * r, std::sin(turn) * r};
  }
  return made;
}

tree_shape make_tree(const tree& from) {
  tree_shape made;
  const float tint = between(hashed(from.seed, 1), .75f, 1.25f);
  made.leaf = rgb{.07f * between(hashed(from.seed, 2), .7f, 1.5f), .125f, .035f} * tint;
  if (from.conifer)
    return made;
  const vec3 foot = at_height(from.foot, from.ground);
  const float r = from.radius, middle = from.height - r * 1.05f;
  made.crown.push_back(make_leaves(foot + vec3{0, 0, middle}, r, made.leaf * .82f, hashed(from.seed, 3)));
  for (int k = 0; k < 5; ++k) {
    const auto hash = hashed(from.seed, 4, k);
    const float turn = (static_cast<float>(k) + fraction(hash)) * 2 * pi / 5;
    const vec3 at = foot
                    + vec3{std::cos(turn) * r * .58f, std::sin(turn) * r * .58f,
                           middle + between(hashed(hash, 1), -.5f, .55f) * r};
    made.crown.push_back(make_leaves(at, r * between(hashed(hash, 2), .48f, .62f),
                                     made.leaf * between(hashed(hash, 3), .85f, 1.25f), hash));
  }
  return made;
}

} // namespace

scenery make_scenery(const city& of) {
  auto made = builder{of}.build();
  for (const auto& one : of.trees)
    made.trees.push_back(make_tree(one));
  return made;
}

void add_tree(mesh& to, const tree& from, const tree_shape& shape, vec3 eye) {
  const vec3 foot = at_height(from.foot, from.ground);
  const rgb bark{.09f, .065f, .045f};
  const vec3 away = unit(vec3{foot.x - eye.x, foot.y - eye.y, 0});
  const vec3 right = unit(cross(away, {0, 0, 1}));
  const float thick = from.height * .022f;
  to.quad(material::bark, bark, foot - right * thick, foot + right * thick,
          foot + right * (thick * .7f) + vec3{0, 0, from.height * .6f},
          foot - right * (thick * .7f) + vec3{0, 0, from.height * .6f})
      .thin = true;
  for (int k = 0; from.conifer && k < 4; ++k) {
    const float base = from.height * (.12f + .2f * static_cast<float>(k)),
                wide = from.radius * (1.1f - .22f * static_cast<float>(k));
    const vec3 low = foot + vec3{0, 0, base},
               tip = foot + vec3{0, 0, std::min(base + from.height * .42f, from.height)};
    const std::array<vec3, 3> cone{low - right * wide, low + right * wide,
                                   tip - away * (.02f * static_cast<float>(k))};
    auto& made = to.add(material::foliage,
                        shape.leaf * rgb{.55f, .75f, .9f} * (.8f + .1f * static_cast<float>(k)), cone);
    made.thin = true;
    made.origin = low;
    made.along = right * (1 / wide);
    made.up = vec3{0, 0, 1} * (1 / (from.height * .42f));
    made.seed = from.seed + static_cast<std::uint32_t>(k);
  }
  for (const auto& one : shape.crown) {
    const vec3 look = unit(one.middle - eye), side = unit(cross(look, {0, 0, 1})), top = cross(side, look);
    std::array<vec3, 11> around;
    for (std::size_t i = 0; i < around.size(); ++i)
      around[i] = one.middle + side * one.around[i].x + top * one.around[i].y;
    auto& made = to.add(material::foliage, one.colour, around);
    made.thin = true;
    made.origin = one.middle;
    made.along = side * (1 / one.radius);
    made.up = top * (1 / one.radius);
    made.seed = one.seed;
  }
}

void add_signal_lights(mesh& to, std::uint64_t seed, int column, int row, double t) {
  const vec2 middle{street::x_of(column), street::y_of(row)};
  const double phase = signals::phase_of(seed, column, row, t);
  for (std::size_t approach = 0; approach < 4; ++approach) {
    const auto at = place_of_signal(middle, approach);
    const auto state = signals::of_cars(phase, static_cast<int>(approach));
    const vec2 side = right_of(at.faces);
    const auto light = [&](vec2 foot, float z, rgb colour, bool on) {
      const vec2 front = foot + at.faces * .34f;
      std::array<vec3, 8> around;
      for (std::size_t i = 0; i < around.size(); ++i)
        around[i] = at_height(front - side * (rim<8>()[i].x * .14f), z + rim<8>()[i].y * .14f);
      auto& made = to.add(material::lamp, colour * .06f, around);
      made.thin = true;
      made.glow = on ? colour * 1.6f : rgb{};
    };
    const vec2 hanging = at.foot - right_of(directions[approach]) * 5.4f;
    for (const auto& [foot, low] : {std::pair{at.foot, 2.9f}, std::pair{hanging, 5.1f}}) {
      light(foot, low + .92f, {1, .06f, .04f}, state == signal::red);
      light(foot, low + .56f, {1, .55f, .05f}, state == signal::yellow);
      light(foot, low + .2f, {.08f, 1, .35f}, state == signal::green);
    }
  }
}

} // namespace ecco::world
