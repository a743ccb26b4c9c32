// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
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

/// Along one axis: the picture covers [begin, begin + length) of the input, in pixels, backwards when mirrored.
struct span_of_input {
  double begin = 0, length = 0;
  bool mirrored = false;

  /// From a fraction of the picture to pixels of the input.
  double at(double fraction) const { return begin + length * (mirrored ? 1 - fraction : fraction); }
};

/// For one row or column of the input: its two neighbours in the picture and the weight of the second; both are -1
/// outside of the picture.
struct tap {
  std::int32_t first = -1, second = -1;
  float weight = 0;
};

/// One tap for each of the `to` pixels of the input, of a picture with `from`.
std::vector<tap> taps(const span_of_input& along, std::size_t from, std::size_t to);

/// What a variant does to its picture.
struct variation {
  span_of_input across, down;
  /// Red, green and blue are multiplied by this matrix (rows one after another) and cut to [0, 1].
  std::optional<std::array<float, 9>> colours;
};

/// Where `picture` lies in an input of that size when it is only letterboxed.
variation letterboxed(const image& picture, std::uint16_t width, std::uint16_t height);

/// Draws a variation.
variation draw_variation(const image& picture, const augmentation& how, std::uint16_t width, std::uint16_t height,
                         std::mt19937_64& random);

/// Labels as a variation shows them. Objects of which less than a quarter stays within the input are ignored regions.
std::vector<placed_label> place_labels(std::span<const label> labels, const variation& how, std::uint16_t width,
                                       std::uint16_t height);

/// A label in one quarter of a mosaic: at half its size, `right` and `down` pixels further. Objects that become too
/// small are ignored regions.
placed_label in_quarter(placed_label whole, double right, double down);

/// Draws one variant of `sample` into `pixels` (rows of interleaved red, green, blue in [0, 1],
/// 3 * width * height floats) and returns its labels. Without any augmentation the picture is exactly
/// what `letterbox` makes.
std::vector<placed_label> augmented(const labelled_frame& sample, const augmentation& how,
                                    std::uint16_t width, std::uint16_t height, std::mt19937_64& random,
                                    std::span<float> pixels);

} // namespace ecco
