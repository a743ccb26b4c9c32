// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "runtime/base/random.hpp"

namespace ecco::world {

inline constexpr float pi = 3.14159265f;

/// A point or direction on the ground: metres, x to the east, y to the north.
struct vec2 {
  float x = 0, y = 0;

  friend vec2 operator+(vec2 a, vec2 b) { return {a.x + b.x, a.y + b.y}; }
  friend vec2 operator-(vec2 a, vec2 b) { return {a.x - b.x, a.y - b.y}; }
  friend vec2 operator*(vec2 a, float k) { return {a.x * k, a.y * k}; }
  friend bool operator==(const vec2&, const vec2&) = default;
};

inline float dot(vec2 a, vec2 b) {
  return a.x * b.x + a.y * b.y;
}
inline float length(vec2 a) {
  return std::sqrt(dot(a, a));
}
inline vec2 unit(vec2 a) {
  const float norm = length(a);
  return norm > 0 ? a * (1 / norm) : vec2{1, 0};
}
/// `a` turned by 90 degrees clockwise: what lies to the right of who goes that way.
inline vec2 right_of(vec2 a) {
  return {a.y, -a.x};
}

/// A point or direction in space: metres, z up from the street.
struct vec3 {
  float x = 0, y = 0, z = 0;

  friend vec3 operator+(vec3 a, vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend vec3 operator-(vec3 a, vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend vec3 operator*(vec3 a, float k) { return {a.x * k, a.y * k, a.z * k}; }
  friend bool operator==(const vec3&, const vec3&) = default;
};

inline float dot(vec3 a, vec3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline vec3 cross(vec3 a, vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float length(vec3 a) {
  return std::sqrt(dot(a, a));
}
inline vec3 unit(vec3 a) {
  const float norm = length(a);
  return norm > 0 ? a * (1 / norm) : vec3{0, 0, 1};
}
inline vec2 ground_of(vec3 a) {
  return {a.x, a.y};
}
inline vec3 at_height(vec2 a, float z) {
  return {a.x, a.y, z};
}

/// Linear light or reflectance.
struct rgb {
  float r = 0, g = 0, b = 0;

  friend rgb operator+(rgb a, rgb b) { return {a.r + b.r, a.g + b.g, a.b + b.b}; }
  friend rgb operator*(rgb a, rgb b) { return {a.r * b.r, a.g * b.g, a.b * b.b}; }
  friend rgb operator*(rgb a, float k) { return {a.r * k, a.g * k, a.b * k}; }
  friend bool operator==(const rgb&, const rgb&) = default;
};

inline rgb mix(rgb a, rgb b, float k) {
  return a * (1 - k) + b * k;
}
inline float mix(float a, float b, float k) {
  return a + (b - a) * k;
}
/// 0 up to `from`, 1 from `to` on, an S between.
inline float smooth(float from, float to, float at) {
  const float k = std::clamp((at - from) / (to - from), 0.f, 1.f);
  return k * k * (3 - 2 * k);
}

/// The largest whole number up to `x`, |x| < 2^31: std::floor in a form that becomes vectors on every machine.
inline float whole_below(float x) {
  const auto toward_zero = static_cast<float>(static_cast<std::int32_t>(x));
  return toward_zero > x ? toward_zero - 1 : toward_zero;
}

/// A rectangle on the ground.
struct rect {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  bool contains(vec2 p) const { return p.x >= x0 && p.x <= x1 && p.y >= y0 && p.y <= y1; }
  vec2 middle() const { return {(x0 + x1) / 2, (y0 + y1) / 2}; }
  float width() const { return x1 - x0; }
  float depth() const { return y1 - y0; }
  rect shrunk(float by) const { return {x0 + by, y0 + by, x1 - by, y1 - by}; }
  friend bool operator==(const rect&, const rect&) = default;
};

/// A well mixed number out of a seed and what it is for: draws do not depend on each other or on their order.
template <class... Parts>
constexpr std::uint64_t hashed(std::uint64_t seed, Parts... parts) {
  std::uint64_t hash = split_mix(seed);
  ((hash = split_mix(hash ^ static_cast<std::uint64_t>(parts))), ...);
  return hash;
}

/// The hash as a number in [0, 1).
constexpr float fraction(std::uint64_t hash) {
  return static_cast<float>(hash >> 40) * 0x1p-24f;
}

/// The hash as a number in [low, high).
constexpr float between(std::uint64_t hash, float low, float high) {
  return low + (high - low) * fraction(hash);
}

} // namespace ecco::world
