// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runtime/learn/outlines.hpp"

namespace ecco::test {

/// Does an odd number of polygons hold the point? By the crossings of a ray to the right.
inline bool holds(const std::vector<polygon>& rings, double x, double y) {
  bool odd = false;
  for (const auto& ring : rings)
    for (std::size_t i = 0, n = ring.size() / 2; i < n; ++i) {
      const auto k = (i + 1) % n;
      const auto ax = ring[2 * i], ay = ring[2 * i + 1], bx = ring[2 * k], by = ring[2 * k + 1];
      if ((ay > y) != (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay))
        odd = !odd;
    }
  return odd;
}

} // namespace ecco::test
