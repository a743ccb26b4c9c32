// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/raster.hpp"

#include <array>
#include <limits>

namespace ecco::world {
namespace {

constexpr float nearest = .15f;

/// What of a polygon (in the camera's directions) lies in front of the camera. @returns the number of its
/// corners
std::size_t clip(std::span<const vec3> around, std::span<vec3> to) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < around.size() && count + 2 < to.size(); ++i) {
    const vec3 a = around[i], b = around[(i + 1) % around.size()];
    if (a.z >= nearest)
      to[count++] = a;
    if ((a.z >= nearest) != (b.z >= nearest))
      to[count++] = a + (b - a) * ((nearest - a.z) / (b.z - a.z));
  }
  return count;
}

// The loops below run over one row; they are written so that the compiler makes vectors of them.

void draw_row(float* __restrict near, std::uint32_t* __restrict shown, int x0, int x1, float a, float base,
              std::uint32_t index) {
  for (int x = x0; x < x1; ++x) {
    const float at = static_cast<float>(x) * a + base;
    const bool before = at >= near[x];
    near[x] = before ? at : near[x];
    shown[x] = before ? index : shown[x];
  }
}

/// The ground on the ground: it has the same distance.
void lay_row(float* __restrict near, std::uint32_t* __restrict shown, int x0, int x1, float a, float base,
             std::uint32_t index) {
  for (int x = x0; x < x1; ++x) {
    near[x] = static_cast<float>(x) * a + base;
    shown[x] = index;
  }
}

/// The first whole number from `x` on.
int next_whole(float x) {
  const int before = static_cast<int>(x);
  return before + (x > static_cast<float>(before) ? 1 : 0);
}

/// Widens the rows [from, to) to where an edge through `corner` passes their middles.
void widen(int* __restrict left, int* __restrict right, int from, int to, vec2 corner, float slope,
           float limit) {
  for (int y = from; y < to; ++y) {
    const float x = corner.x + (static_cast<float>(y) + .5f - corner.y) * slope;
    // The first sample whose middle is not left of it.
    const int column = next_whole(std::clamp(x, 0.f, limit) - .5f);
    left[y] = std::min(left[y], column);
    right[y] = std::max(right[y], column);
  }
}

std::uint32_t stamp_row(std::uint32_t* __restrict stamps, int x0, int x1, std::uint32_t object) {
  std::uint32_t fresh = 0;
  for (int x = x0; x < x1; ++x) {
    fresh += stamps[x] != object ? 1u : 0u;
    stamps[x] = object;
  }
  return fresh;
}

void mark_row(std::uint8_t* __restrict marks, int x0, int x1, std::uint8_t bit) {
  for (int x = x0; x < x1; ++x)
    marks[x] = static_cast<std::uint8_t>(marks[x] | bit);
}

void keep_row(const float* __restrict near, std::uint8_t* __restrict marks, int x0, int x1, float a,
              float base) {
  for (int x = x0; x < x1; ++x) {
    const float at = static_cast<float>(x) * a + base;
    marks[x] = near[x] == at ? marks[x] : std::uint8_t{0};
  }
}

} // namespace

view look(vec3 eye, float heading, float tilt, float roll, float focal, int width, int height) {
  const vec3 ahead{std::cos(heading) * std::cos(tilt), std::sin(heading) * std::cos(tilt), std::sin(tilt)};
  const vec3 level = unit(cross(ahead, {0, 0, 1}));
  const vec3 below = cross(ahead, level);
  view made;
  made.eye = eye;
  made.ahead = ahead;
  made.right = level * std::cos(roll) + below * std::sin(roll);
  made.down = below * std::cos(roll) - level * std::sin(roll);
  made.focal = focal;
  made.width = width;
  made.height = height;
  return made;
}

void sample_marks::begin(int width, int height) {
  bits.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  left.assign(static_cast<std::size_t>(height), width);
  right.assign(static_cast<std::size_t>(height), 0);
}

void raster::begin(const view& from) {
  view_ = from;
  width_ = from.width * samples;
  height_ = from.height * samples;
  const auto all = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  near_.assign(all, 0);
  shown_.assign(all, no_face);
  stamps_.assign(all, 0);
  stamp_base_ = last_object_ = 0;
  below_ = nullptr;
  const auto rows = static_cast<std::size_t>(height_);
  left_.resize(rows);
  right_.resize(rows);
  drawn_left_.assign(rows, width_);
  drawn_right_.assign(rows, 0);
  bare_ = true;
  faces_.clear();
  auto& sky = faces_.emplace_back();
  set_plane(sky, {0, 0, 1}, -from.eye.z);
  touched_ = {};
}

void raster::begin_on(const raster& other) {
  if (below_ == &other && view_ == other.view_) {
    // Only what was drawn on it needs to be taken off again.
    for (int y = 0; y < height_; ++y) {
      auto& l = drawn_left_[static_cast<std::size_t>(y)];
      auto& r = drawn_right_[static_cast<std::size_t>(y)];
      if (l < r) {
        const auto row = static_cast<std::ptrdiff_t>(y) * width_;
        std::copy(other.near_.begin() + row + l, other.near_.begin() + row + r, near_.begin() + row + l);
        std::copy(other.shown_.begin() + row + l, other.shown_.begin() + row + r, shown_.begin() + row + l);
      }
      l = width_, r = 0;
    }
    faces_.resize(other.faces_.size());
    bare_ = other.bare_;
    stamp_base_ += last_object_;
    if (stamp_base_ > 0x7fffffff) {
      stamps_.assign(near_.size(), 0);
      stamp_base_ = 0;
    }
  } else {
    begin(other.view_);
    near_ = other.near_;
    shown_ = other.shown_;
    faces_ = other.faces_;
    bare_ = other.bare_;
    below_ = &other;
  }
  last_object_ = 0;
  touched_ = {};
}

/// The plane through all points whose product with `normal` is that of the eye plus `distance`.
bool raster::set_plane(drawn_face& of, vec3 normal, float distance) const {
  of.normal = normal;
  const vec3 n{dot(normal, view_.right), dot(normal, view_.down), dot(normal, view_.ahead)};
  if (std::abs(distance) < 1e-6f)
    return false;
  // A sample (x, y) looks along (u, v, 1), u = (x / samples + offset - width / 2) / focal.
  const float k = 1 / (distance * view_.focal), offset = .5f / samples;
  of.a = n.x * k / samples;
  of.b = n.y * k / samples;
  of.c = n.z / distance + n.x * k * (offset - static_cast<float>(view_.width) / 2)
         + n.y * k * (offset - static_cast<float>(view_.height) / 2);
  return true;
}

/// Finds the samples of each row within a convex polygon: their centres lie right of or on its left side, and
/// left of its right side.
bool raster::scan(std::span<const vec3> around) {
  const auto given = std::min(around.size(), most_corners - 4);
  for (std::size_t i = 0; i < given; ++i)
    whole_[i] = view_.to_camera(around[i]);
  const auto count = clip(std::span{whole_}.first(given), seen_);
  if (count < 3)
    return false;
  float low = std::numeric_limits<float>::max(), high = -low, west = low, east = -low;
  for (std::size_t i = 0; i < count; ++i) {
    flat_[i] = view_.project(seen_[i]) * samples;
    low = std::min(low, flat_[i].y), high = std::max(high, flat_[i].y);
    west = std::min(west, flat_[i].x), east = std::max(east, flat_[i].x);
  }
  if (!(high > 0 && low < static_cast<float>(height_) && east > 0 && west < static_cast<float>(width_)))
    return false;
  top_ = next_whole(std::max(low, 0.f) - .5f);
  bottom_ = next_whole(std::min(high, static_cast<float>(height_)) - .5f);
  // No middle of a sample lies between its sides; a hundredth for what rounding does to them.
  if (top_ >= bottom_ || std::ceil(west - .51f) >= std::ceil(east - .49f))
    return false;
  std::fill(left_.begin() + top_, left_.begin() + bottom_, width_);
  std::fill(right_.begin() + top_, right_.begin() + bottom_, 0);
  for (std::size_t i = 0; i < count; ++i) {
    vec2 a = flat_[i], b = flat_[i + 1 < count ? i + 1 : 0];
    if (a.y > b.y)
      std::swap(a, b);
    const int from = next_whole(std::max(a.y, 0.f) - .5f);
    const int to = next_whole(std::min(b.y, static_cast<float>(height_)) - .5f);
    if (from < to)
      widen(left_.data(), right_.data(), from, to, a, (b.x - a.x) / (b.y - a.y), static_cast<float>(width_));
  }
  return true;
}

void raster::draw(const mesh& from, const face& what, std::uint32_t object, std::uint32_t* count_of) {
  const std::span<const vec3> around{from.corners.data() + what.first, what.count};
  const bool front = dot(what.normal, view_.eye - around[0]) > 0;
  if ((!front && !what.thin) || !scan(around))
    return;
  vec3 normal = front ? what.normal : what.normal * -1;
  // All faces on the ground have the very same plane, so that the order decides which is seen.
  const bool on_ground = normal.x == 0 && normal.y == 0 && normal.z > 0 && around[0].z == 0;
  if (on_ground)
    normal = {0, 0, 1};
  drawn_face made;
  if (!set_plane(made, normal, on_ground ? -view_.eye.z : dot(normal, around[0] - view_.eye)))
    return;
  made.what = what;
  made.object = object;
  bare_ = bare_ && on_ground;
  const auto index = static_cast<std::uint32_t>(faces_.size());
  faces_.push_back(made);
  last_object_ = std::max(last_object_, object);
  sample_rect touched{width_, top_, 0, bottom_};
  for (int y = top_; y < bottom_; ++y) {
    const int x0 = left_[static_cast<std::size_t>(y)], x1 = right_[static_cast<std::size_t>(y)];
    if (x0 >= x1)
      continue;
    touched.x0 = std::min(touched.x0, x0), touched.x1 = std::max(touched.x1, x1);
    drawn_left_[static_cast<std::size_t>(y)] = std::min(drawn_left_[static_cast<std::size_t>(y)], x0);
    drawn_right_[static_cast<std::size_t>(y)] = std::max(drawn_right_[static_cast<std::size_t>(y)], x1);
    const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(width_);
    const float base = static_cast<float>(y) * made.b + made.c;
    const auto put =
        bare_ && std::min(static_cast<float>(x0) * made.a, static_cast<float>(x1 - 1) * made.a) + base >= 0
            ? lay_row
            : draw_row;
    put(near_.data() + row, shown_.data() + row, x0, x1, made.a, base, index);
    if (count_of)
      *count_of += stamp_row(stamps_.data() + row, x0, x1, stamp_base_ + object);
  }
  touched_.include(touched);
}

void raster::mark_ground(std::span<const vec2> around, std::uint8_t bit, sample_marks& marks) {
  std::array<vec3, most_corners> corners;
  const auto count = std::min(around.size(), most_corners - 4);
  for (std::size_t i = 0; i < count; ++i)
    corners[i] = at_height(around[i], 0);
  spans(std::span{corners}.first(count), [&](int y, int x0, int x1) {
    auto& left = marks.left[static_cast<std::size_t>(y)];
    auto& right = marks.right[static_cast<std::size_t>(y)];
    left = std::min(left, x0), right = std::max(right, x1);
    mark_row(marks.bits.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width_), x0, x1, bit);
  });
}

void raster::keep_on_ground(sample_marks& marks) const {
  const auto& plane = ground();
  for (int y = 0; y < height_; ++y) {
    const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(width_);
    keep_row(near_.data() + row, marks.bits.data() + row, marks.left[static_cast<std::size_t>(y)],
             marks.right[static_cast<std::size_t>(y)], plane.a, static_cast<float>(y) * plane.b + plane.c);
  }
}

} // namespace ecco::world
