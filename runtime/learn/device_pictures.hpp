// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch. Pictures that are resampled where the network computes.
#pragma once

#include <cstdint>
#include <span>

#include <torch/torch.h>

#include "messages/detection.hpp"
#include "runtime/learn/augmentation.hpp"

namespace ecco {

/// `host` on `device`: through page-locked memory and without waiting when that is a CUDA device.
torch::Tensor to_device(const torch::Tensor& host, const torch::Device& device);

/// What `augmented` draws, for all of a batch and on `device`: the pictures go there as the bytes they are, a quarter
/// of the floats and without the processor's work. `how` has one variation a picture.
/// @returns (batch, 3, height, width), channels-last, RGB in [0, 1]
torch::Tensor draw_on_device(std::span<const image* const> pictures, std::span<const variation> how,
                             std::uint16_t width, std::uint16_t height, const torch::Device& device);

} // namespace ecco
