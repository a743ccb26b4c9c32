// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "runtime/world/scene.hpp"

namespace ecco::world {
namespace {

constexpr std::uint8_t sun_bit = 1, under_bit = 2;
/// Shadows of a low sun end somewhere.
constexpr float longest = 5.5f;

/// How far a shadow falls for each metre of height.
vec2 shadow_way(const lighting& light) {
  const vec2 away{-light.to_sun.x, -light.to_sun.y};
  const float stretch = std::min(longest, length(away) / light.to_sun.z);
  return unit(away) * stretch;
}

/// The smallest convex polygon around points, counter-clockwise. @returns how many corners it has
std::size_t hull(std::span<vec2> points, std::span<vec2> to) {
  std::sort(points.begin(), points.end(), [](vec2 a, vec2 b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
  const auto turns_left = [](vec2 a, vec2 b, vec2 c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0;
  };
  std::size_t count = 0;
  for (const auto p : points) {
    while (count >= 2 && !turns_left(to[count - 2], to[count - 1], p))
      --count;
    to[count++] = p;
  }
  const auto lower = count + 1;
  for (std::size_t i = points.size() - 1; i-- > 0;) {
    while (count >= lower && !turns_left(to[count - 2], to[count - 1], points[i]))
      --count;
    to[count++] = points[i];
  }
  return count - 1;
}

class shade {
 public:
  shade(raster& from, vec2 way, sample_marks& marks) : from_(from), way_(way), marks_(marks) {}

  /// Shadow of an upright prism over four corners.
  void prism(const std::array<vec2, 4>& base, float low, float high) {
    std::array<vec2, 8> points;
    for (std::size_t i = 0; i < 4; ++i) {
      points[i] = base[i] + way_ * low;
      points[i + 4] = base[i] + way_ * high;
    }
    std::array<vec2, 18> around;
    const auto count = hull(points, around);
    from_.mark_ground(std::span{around}.first(count), sun_bit, marks_);
  }

  void disc(vec3 middle, float radius) {
    const vec2 at = ground_of(middle) + way_ * middle.z, along = unit(way_), across = right_of(along);
    const float longer = std::sqrt(1 + dot(way_, way_)) * radius;
    std::array<vec2, 10> around;
    for (std::size_t i = 0; i < around.size(); ++i)
      around[i] = at + along * (rim<10>()[i].x * longer) + across * (rim<10>()[i].y * radius);
    from_.mark_ground(around, sun_bit, marks_);
  }

 private:
  raster& from_;
  vec2 way_;
  sample_marks& marks_;
};

std::array<vec2, 4> corners_of(vec2 at, vec2 ahead, float length_m, float width) {
  const vec2 a = ahead * (length_m / 2), r = right_of(ahead) * (width / 2);
  return {at + a + r, at + a - r, at - a - r, at - a + r};
}

void shade_still(const world& in, const view& from, shade& to, vec2 way) {
  const float reach = length(way);
  for (const auto& one : in.map.buildings) {
    const vec2 middle = one.base.middle();
    const float wide = std::max(one.base.width(), one.base.depth());
    const vec3 shadow = at_height(middle + way * (one.height / 2), 0);
    if (!may_be_seen(from, shadow, wide * .75f + reach * one.height / 2, 4))
      continue;
    const float height =
        one.style == building_style::house ? one.height + one.base.depth() * .2f : one.height;
    to.prism({vec2{one.base.x0, one.base.y0},
              {one.base.x1, one.base.y0},
              {one.base.x1, one.base.y1},
              {one.base.x0, one.base.y1}},
             0, height);
  }
  for (const auto& one : in.map.trees) {
    const float r = one.radius, middle = one.ground + one.height - r * 1.05f;
    if (!may_be_seen(from, at_height(one.foot + way * middle, 0), r * (1.5f + reach), 4))
      continue;
    to.disc(at_height(one.foot, middle), r);
    for (int k = 0; k < 3; ++k)
      to.disc(at_height(one.foot
                            + vec2{between(hashed(one.seed, 60, k), -.7f, .7f),
                                   between(hashed(one.seed, 61, k), -.7f, .7f)}
                                  * r,
                        middle),
              r * .6f);
    to.prism(corners_of(one.foot, {1, 0}, .25f, .25f), one.ground, middle);
  }
  for (const auto& post : in.map.lamps)
    if (may_be_seen(from, at_height(post.foot + way * 3.5f, 0), 3.5f * reach + 1, 0)
        && length(post.foot - ground_of(from.eye)) < 60)
      to.prism(corners_of(post.foot, post.arm, .16f, .16f), 0, 7);
}

} // namespace

void mark_shadows(const world& in, const lighting& light, const moving_scene& scene, raster& from,
                  sample_marks& marks) {
  marks.begin(from.width(), from.height());
  const auto& seen = from.from();
  if (light.shadow > .06f && std::max(light.sun.r, light.sun.b) > .01f) {
    const vec2 way = shadow_way(light);
    shade to{from, way, marks};
    shade_still(in, seen, to, way);
    for (const auto& one : scene.casters)
      to.prism(corners_of(one.at, one.ahead, one.size.length * .92f, one.size.width * .92f), .15f,
               one.size.height * (one.size.length > 2 ? .93f : 1.f));
  }
  for (const auto& one : scene.casters)
    if (one.size.length > 1)
      from.mark_ground(corners_of(one.at, one.ahead, one.size.length * .97f, one.size.width * 1.06f),
                       under_bit, marks);
  from.keep_on_ground(marks);
}

float sunlight_at(const world& in, const lighting& light, vec3 p) {
  const vec2 way = unit(vec2{light.to_sun.x, light.to_sun.y});
  const float rise = light.to_sun.z / std::max(.05f, length(vec2{light.to_sun.x, light.to_sun.y}));
  for (const auto& one : in.map.buildings) {
    const vec2 d = one.base.middle() - ground_of(p);
    const float ahead = dot(d, way), wide = .5f * (one.base.width() + one.base.depth());
    if (ahead < 0 || ahead > 200 || std::abs(dot(d, right_of(way))) > wide * .75f
        || p.z + rise * std::max(0.f, ahead - wide / 2) > one.height)
      continue;
    // Where the ray enters the walls.
    float from = 0, to = 400;
    const auto cut = [&](float at, float step, float low, float high) {
      if (std::abs(step) < 1e-5f) {
        if (at < low || at > high)
          from = 1, to = 0;
        return;
      }
      const float a = (low - at) / step, b = (high - at) / step;
      from = std::max(from, std::min(a, b)), to = std::min(to, std::max(a, b));
    };
    cut(p.x, way.x, one.base.x0, one.base.x1);
    cut(p.y, way.y, one.base.y0, one.base.y1);
    if (from < to && p.z + rise * from < one.height)
      return 0;
  }
  return 1;
}

} // namespace ecco::world
