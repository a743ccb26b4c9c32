// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdint>
#include <span>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/score/pixel_box.hpp"

namespace ecco {

/// The corners of a closed polygon: x, y, x, y, ... as COCO writes them.
using polygon = std::vector<double>;

/// What of a polygon lies within a rectangle. A part that leaves and comes back goes along its side, which
/// encloses nothing. Empty when nothing is left.
polygon clipped(const polygon& of, const pixel_box& to);

/// Leaves out corners from whose edges the rest is nowhere farther than `tolerance` away (Douglas and
/// Peucker); empty when fewer than three corners are left.
polygon simplified(const polygon& of, double tolerance);

/// Polygons around the values that are more than 0: each crosses between two neighbours where the straight
/// line between them does. What lies outside of the grid is 0, as is a value that is not finite; holes are
/// polygons of their own, and areas that touch at a corner only stay apart.
/// @param values `height` rows of `width`; the one in column x and row y stands at the point (x, y)
std::vector<polygon> contours(std::span<const float> values, std::size_t width, std::size_t height);

/// Polygons around the pixels that are set, along their borders, cutting corners: drawn again, they set the same.
/// @param pixels `height` rows of `width`; whatever is not zero is set
/// @param left,top where the first pixel's corner lies
std::vector<polygon> borders(std::span<const std::uint8_t> pixels, std::size_t width, std::size_t height,
                             double left = 0, double top = 0);

struct outline_limits {
  std::size_t rings = max_rings, corners = max_corners;
};

/// The part of some polygons that lies within `part` as an outline in fractions of `picture`, both in the
/// unit of the polygons. Corners go where nothing is lost by more than `tolerance`, and for the sake of the
/// limits more of them, and the smallest rings.
outline to_outline(std::span<const polygon> rings, const pixel_box& picture, const pixel_box& part,
                   double tolerance, const outline_limits& limits = {});

} // namespace ecco
