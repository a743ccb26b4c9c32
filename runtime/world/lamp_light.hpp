// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runtime/world/city_map.hpp"

namespace ecco::world {

/// How brightly street lamps light each place of the ground.
class lamp_light {
 public:
  explicit lamp_light(const city& of);

  /// 0 in the dark, about 1 below a lamp.
  float at(vec2 p) const {
    const float x = (p.x - left) / step, y = (p.y - low) / step;
    if (!(x >= 0 && y >= 0 && x < columns - 1 && y < rows - 1))
      return 0;
    const int i = static_cast<int>(x), j = static_cast<int>(y);
    const float fx = x - static_cast<float>(i), fy = y - static_cast<float>(j);
    const float* from = grid_.data() + static_cast<std::size_t>(j * columns + i);
    const float south = from[0] + (from[1] - from[0]) * fx,
                north = from[columns] + (from[columns + 1] - from[columns]) * fx;
    return south + (north - south) * fy;
  }

 private:
  static constexpr float step = 2, left = -470, low = -290;
  static constexpr int columns = 470, rows = 300;
  std::vector<float> grid_;
};

} // namespace ecco::world
