// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/learn/outlines.hpp"
#include "runtime/learn/training_recipe.hpp"

namespace ecco {

/// A label in pixels of the network's input.
struct placed_label {
  box where;
  std::uint16_t class_id = 0;
  bool ignore = false;
  /// The object's outline; parts of it may lie outside of the input. Empty when it has none.
  std::vector<polygon> rings{};
};

/// Draws one variant of `sample` into `pixels` (rows of interleaved red, green, blue in [0, 1],
/// 3 * width * height floats) and returns its labels. Without any augmentation the picture is exactly
/// what `letterbox` makes. Objects of which less than a quarter stays within the input are ignored
/// regions there.
std::vector<placed_label> augmented(const labelled_frame& sample, const augmentation& how,
                                    std::uint16_t width, std::uint16_t height, std::mt19937_64& random,
                                    std::span<float> pixels);

} // namespace ecco
