// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/outline_mask.hpp"

#include <limits>
#include <vector>

namespace ecco {

namespace {

/// Draws what is known to be within the picture.
rle drawn(const std::vector<std::vector<double>>& rings, std::uint32_t height, std::uint32_t width) {
  auto mask = rle_from_rings(rings, height, width);
  return mask ? std::move(*mask) : rle{height, width, {height * width}};
}

} // namespace

rle mask_of(const outline& shape, std::uint32_t height, std::uint32_t width) {
  constexpr double whole = std::numeric_limits<std::uint16_t>::max();
  std::vector<std::vector<double>> rings;
  rings.reserve(shape.rings.size());
  for (const auto& ring : shape.rings) {
    if (ring.size() < 3)
      continue;
    auto& corners = rings.emplace_back();
    corners.reserve(2 * ring.size());
    for (const auto& c : ring) {
      corners.push_back(c.x / whole * width);
      corners.push_back(c.y / whole * height);
    }
  }
  return drawn(rings, height, width);
}

rle mask_of(const box& where, std::uint32_t height, std::uint32_t width) {
  const double x1 = double{where.x1} * width, x2 = double{where.x2} * width;
  const double y1 = double{where.y1} * height, y2 = double{where.y2} * height;
  return drawn({{x1, y1, x2, y1, x2, y2, x1, y2}}, height, width);
}

} // namespace ecco
