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
  float soft_between(float x, float y) const;

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

/// Writes r, g, b, glow and gloss of the pixels [x0, x1) of row y, all within `seen`.
void texture_run(const drawn_face& seen, const view& from, const noise& grain, int y, int x0, int x1,
                 surfaces& to);

} // namespace ecco::world
