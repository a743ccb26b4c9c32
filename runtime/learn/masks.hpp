// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/learn/outlines.hpp"

namespace ecco {

/// Every mask is a weighted sum of this many pictures.
inline constexpr std::int64_t mask_prototypes = 32;
/// Pixels of the network's input, along either side, that share one cell of a prototype.
inline constexpr std::int64_t mask_stride = 4;

/// The prototypes of one picture: `mask_prototypes` planes of `height` rows of `width` values.
struct mask_basis {
  std::span<const float> planes;
  std::uint16_t width = 0, height = 0;
};

/// The pixels of the network's input that belong to a detection: 1 inside, 0 outside, `mask_stride * height`
/// rows of `mask_stride * width`. Cells whose corner lies outside of `where` (input pixels) count as 0, the
/// rest is scaled up bilinearly and inside where it is positive: as Ultralytics' process_mask draws them.
/// @pre as many planes and coefficients as `mask_prototypes`; the corners of `where` are finite
std::vector<std::uint8_t> draw_mask(std::span<const float> coefficients, const mask_basis& basis,
                                    const box& where);

/// The outline of the same mask, in pixels of the network's input: where its logits, taken at the centres of
/// the cells and straight lines between them, change their sign. Up to one cell around `where` belongs to it.
/// @pre as for `draw_mask`
std::vector<polygon> trace_mask(std::span<const float> coefficients, const mask_basis& basis,
                                const box& where);

} // namespace ecco
