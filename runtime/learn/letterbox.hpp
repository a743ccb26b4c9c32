// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "messages/detection.hpp"

namespace ecco {

/// Where a picture lies within a network's input: scaled to `new_width` x `new_height`, its top left corner
/// at (`pad_x`, `pad_y`), all in pixels of the input.
struct letterbox_geometry {
  float scale = 1;
  std::uint16_t pad_x = 0, pad_y = 0, new_width = 0, new_height = 0;

  friend bool operator==(const letterbox_geometry&, const letterbox_geometry&) = default;
};

/// Fits a picture into an input as large as its aspect ratio allows, in the middle, rounded as Ultralytics'
/// LetterBox rounds. @pre no length is zero
letterbox_geometry fit(std::uint16_t width, std::uint16_t height, std::uint16_t into_width,
                       std::uint16_t into_height);

/// Sides of a network's input, in pixels.
struct input_size {
  std::uint16_t width = 0, height = 0;

  friend bool operator==(const input_size&, const input_size&) = default;
};

/// The smallest input, both sides multiples of 32, in which every picture is as large as in an input of size `most`:
/// rows and columns that are padding in all of them need not be computed.
/// @pre no length is zero, both sides of `most` are multiples of 32
input_size tight_input(std::span<const image* const> pictures, input_size most);

/// The same without enlarging pictures, but for what fills the last multiple of 32: small ones cost little.
/// @pre as of `tight_input`
input_size native_input(std::span<const image* const> pictures, input_size most);

/// Scales `picture` into `planes`: red, green and blue plane of `into_height` rows each, values in [0, 1],
/// bilinear with half-pixel centres, 114/255 around the picture.
/// @pre the picture has 3 * width * height bytes and `planes` 3 * into_width * into_height floats
void letterbox(const image& picture, std::uint16_t into_width, std::uint16_t into_height,
               std::span<float> planes);

/// A box of the picture in pixels of the network's input.
box to_input(const box& fraction_of_picture, const image& picture, std::uint16_t into_width,
             std::uint16_t into_height);

/// A box in pixels of the network's input as fractions of the picture, clipped to it.
box to_picture(const box& input_pixels, const image& picture, std::uint16_t into_width,
               std::uint16_t into_height);

} // namespace ecco
