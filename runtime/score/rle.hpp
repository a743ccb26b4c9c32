// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/score/pixel_box.hpp"

namespace ecco {

/// A mask has at least one pixel and at most this many.
inline constexpr std::uint64_t max_mask_pixels = 1u << 28;

/// A polygon's corners lie within this distance of the origin, in pixels along each axis.
inline constexpr double max_polygon_coordinate = 1e8;

/// A binary mask as the lengths of its runs, COCO's run-length encoding. Pixels go down the columns, columns
/// from left to right; runs of zeros and of ones take turns and start with zeros. Equal masks have equal
/// runs: none is empty but perhaps the first, and together they are height * width pixels.
struct rle {
  std::uint32_t height = 0, width = 0;
  std::vector<std::uint32_t> runs;

  friend bool operator==(const rle&, const rle&) = default;
};

/// Encodes `pixels`, column after column; whatever is not zero is set.
/// @returns `invalid_argument` when there are not height * width of them, none, or too many.
result<rle> encode_mask(std::span<const std::uint8_t> pixels, std::uint32_t height, std::uint32_t width);

/// The pixels, column after column, each 0 or 1.
std::vector<std::uint8_t> decode_mask(const rle& mask);

/// Takes run lengths from a file: empty runs are joined away.
/// @returns `malformed_data` when they are not height * width pixels together, none, or too many.
result<rle> rle_from_runs(std::span<const std::int64_t> runs, std::uint32_t height, std::uint32_t width);

/// Reads COCO's compressed string: each run is a chain of characters from '0' to 'o' with 5 bits each, the
/// lowest first, as the difference from the run two before it from the fourth on.
/// @returns `malformed_data` as `rle_from_runs` does, and for a character or a chain that cannot be.
result<rle> rle_from_string(std::string_view text, std::uint32_t height, std::uint32_t width);

/// Writes COCO's compressed string.
std::string to_string(const rle& mask);

/// Rasterises a closed polygon, given as x, y, x, y, ... in pixels, to the very pixels that COCO's own tool
/// sets: edges are drawn on a grid five times as fine, and a pixel belongs to the polygon when a column's
/// centre line, entering from above, has crossed the outline an odd number of times.
/// @returns `malformed_data` for fewer than three corners, half a corner, or a coordinate out of bounds.
result<rle> rle_from_polygon(std::span<const double> corners, std::uint32_t height, std::uint32_t width);

/// Rasterises closed polygons together: a pixel is set when it belongs to an odd number of them, so that a
/// ring within a ring is a hole. Nothing is set without any. @returns as `rle_from_polygon` does
result<rle> rle_from_rings(std::span<const std::vector<double>> rings, std::uint32_t height,
                           std::uint32_t width);

/// The pixels set in any of `masks`. @pre there is one, and all have one size
rle unite(std::span<const rle> masks);

/// Number of pixels set.
std::uint64_t area(const rle& mask);

/// The smallest box around the pixels set, but at full height when a run goes on from one column into the
/// next; all zero when none is set.
pixel_box bounding_box(const rle& mask);

/// Number of pixels set in both. @pre they have one size
std::uint64_t intersection(const rle& a, const rle& b);

/// Intersection over union in [0, 1]; 0 when they share nothing. @pre they have one size
double iou(const rle& a, const rle& b);

/// The part of `seen` that lies in `region`: COCO's overlap with a crowd. @pre they have one size
double covered(const rle& seen, const rle& region);

} // namespace ecco
