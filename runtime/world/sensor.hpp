// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/world/surface.hpp"

namespace ecco::world {

/// A picture of linear light, a plane a colour.
struct light_picture {
  int width = 0, height = 0;
  std::vector<float> r, g, b;

  void resize(int wide, int tall);
  std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }
};

/// What a camera adds to the light it gets.
struct sensor_state {
  float exposure = 1;
  /// Standard deviation of its noise in steps of 1/255.
  float noise = 1.5f;
  /// Chooses the noise.
  std::uint64_t draw = 0;
};

/// Lens, exposure, noise and the curve from light to 8 bits.
class sensor {
 public:
  sensor();
  image develop(light_picture& light, const sensor_state& state);

 private:
  std::vector<std::uint8_t> curve_;
  std::vector<std::int8_t> grain_;
  std::vector<float> above_, here_, below_;
  /// Of one row: places on the curve, and what noise adds.
  std::vector<std::int32_t> places_, noise_;
};

} // namespace ecco::world
