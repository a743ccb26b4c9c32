// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn: sees torch. What a training step is fed.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>

#include <torch/torch.h>

#include "messages/detection.hpp"
#include "runtime/learn/training_recipe.hpp"
#include "runtime/learn/yolo11_loss.hpp"

namespace ecco {

/// One batch where the network computes.
struct batch_tensors {
  /// (batch, 3, height, width), channels-last, RGB in [0, 1].
  torch::Tensor pictures;
  truths truth;
};

/// Draws augmented variants of `frames`, with `masks` also who owns which cell. On a CUDA device the labels are padded
/// to few different lengths, so that few recordings do for all batches.
batch_tensors assemble(std::span<const labelled_frame* const> frames, const augmentation& how, std::uint16_t width,
                       std::uint16_t height, bool masks, std::mt19937_64& random, const torch::Device& device);

/// Batches of equal shape can take each other's place in memory.
using batch_shape = std::array<std::int64_t, 5>;
batch_shape shape_of(const batch_tensors& batch);

/// @pre both are of one shape
void copy_into(batch_tensors& target, const batch_tensors& source);

} // namespace ecco
