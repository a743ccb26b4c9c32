// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <cstdint>
#include <span>

#include <torch/torch.h>

#include "messages/detection.hpp"

namespace ecco {

/// Draws the outlines of one picture's detections, each within its box: at most 16 rings and 256 corners,
/// half a pixel of the input from where the mask ends. A mask without any pixel leaves its outline empty.
/// @param anchors which one each detection comes from
/// @param coefficients,prototypes of the picture, as in `head_output` but without the batch
/// @param picture was letterboxed into an input of `mask_stride` pixels a cell of the prototypes
void add_outlines(std::span<detection> to, std::span<const std::int64_t> anchors,
                  const torch::Tensor& coefficients, const torch::Tensor& prototypes, const image& picture);

} // namespace ecco
