// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runtime/world/raster.hpp"

namespace ecco::world {

/// Noise that all surfaces share: 256 x 256 values that repeat.
class noise {
 public:
  noise();

  /// About -1..1; neighbouring values have little to do with each other.
  float fine(float x, float y) const { return fine_[index(x, y)]; }
  /// About -1..1 in large soft patches, 16 values across.
  float soft(float x, float y) const { return soft_[index(x, y)]; }
  /// The same without steps between its values.
  float soft_between(float x, float y) const {
    const float fx = x - whole_below(x), fy = y - whole_below(y);
    return mix(mix(soft(x, y), soft(x + 1, y), fx), mix(soft(x, y + 1), soft(x + 1, y + 1), fx), fy);
  }

 private:
  static std::size_t index(float x, float y) {
    const auto i = static_cast<std::uint32_t>(static_cast<std::int32_t>(x + 65536)),
               j = static_cast<std::uint32_t>(static_cast<std::int32_t>(y + 65536));
    return (j & 255u) * 256 + (i & 255u);
  }

  std::vector<float> fine_, soft_;
};

/// What is at each pixel of a picture before light falls on it.
struct surfaces {
  /// Share of light thrown back.
  std::vector<float> r, g, b;
  /// Share of the pixel that is a lit window or lamp, and how much it mirrors (on the ground: how much water
  /// stands).
  std::vector<float> glow, gloss;
  /// Share of the pixel that is sky.
  std::vector<float> sky;
  /// The face that most of it belongs to.
  std::vector<std::uint32_t> shown;

  void resize(std::size_t pixels);
  /// Takes the pixels [x0, x1) of row y from `other`, which is as large.
  void copy_row(const surfaces& other, int y, int width, int x0, int x1);
};

/// How a face's texture lies in a picture: u and v of a pixel times 1 / distance are linear.
struct laid_texture {
  bool known = false;
  float u0 = 0, v0 = 0, ux = 0, vx = 0, uy = 0, vy = 0, ax = 0, ay = 0;
};

/// Finds what of its texture each pixel of a face shows.
class texturer {
 public:
  /// @param laid kept from picture to picture; a face's entry is made when it is first needed
  texturer(const raster& from, const noise& grain, std::vector<laid_texture>& laid, surfaces& to)
      : from_(from), grain_(grain), laid_(laid), to_(to) {}

  void begin_row(int y) {
    y_ = y;
    ray_ = from_.from().ray(.5f, static_cast<float>(y) + .5f);
  }
  /// Writes r, g, b, glow and gloss of the pixels [x0, x1) of the row, all within the face of that number.
  void run(std::uint32_t number, int x0, int x1);

 private:
  template <class Texture>
  void look_up(std::uint32_t number, int x0, int x1, const Texture& texture);
  const laid_texture& lay(std::uint32_t number);

  const raster& from_;
  const noise& grain_;
  std::vector<laid_texture>& laid_;
  surfaces& to_;
  int y_ = 0;
  vec3 ray_;
};

} // namespace ecco::world
