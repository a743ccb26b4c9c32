// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace ecco {

/// COCO's bounding box: top left corner and size in pixels, no side negative. Nothing is added to a side: a
/// box from 2 to 5 is 3 wide.
struct pixel_box {
  double x = 0, y = 0, width = 0, height = 0;

  friend bool operator==(const pixel_box&, const pixel_box&) = default;
};

/// Area of `b` in square pixels.
inline double area(const pixel_box& b) {
  return b.width * b.height;
}

/// Area that `a` and `b` share; 0 when they only touch.
inline double intersection(const pixel_box& a, const pixel_box& b) {
  const auto width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const auto height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  return std::max(width, 0.0)
         * std::max(height, 0.0); // without a branch: which way it went could not be foreseen
}

} // namespace ecco
