// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/letterbox.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace ecco {

namespace {

constexpr float padding = 114.F / 255.F;
/// Pixels a cell of the coarsest anchors.
constexpr std::uint16_t coarsest_cell = 32;

/// What holds so many pixels in whole cells, up to the limit.
std::uint16_t in_cells(double pixels, std::uint16_t limit) {
  const auto cells = std::ceil(std::ceil(pixels) / coarsest_cell);
  return static_cast<std::uint16_t>(std::min<double>(cells * coarsest_cell, limit));
}

/// Between which two source pixels a target pixel lies, and how far from the first.
struct tap {
  std::size_t first, second;
  float weight;
};

std::vector<tap> taps(std::size_t from, std::size_t to) {
  std::vector<tap> out(to);
  // In double: a float knows the place in 65535 pixels only to 1/256.
  auto step = static_cast<double>(from) / static_cast<double>(to);
  auto last = static_cast<double>(from - 1);
  for (std::size_t i = 0; i < to; ++i) {
    auto at = std::clamp((static_cast<double>(i) + .5) * step - .5, 0., last);
    auto first = static_cast<std::size_t>(at);
    out[i] = {first, std::min(first + 1, from - 1), static_cast<float>(at - static_cast<double>(first))};
  }
  return out;
}

void copy_planes(std::span<const std::uint8_t> rgb, std::span<float> planes) {
  auto pixels = rgb.size() / 3;
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      planes[c * pixels + i] = static_cast<float>(rgb[3 * i + c]) * (1.F / 255.F);
}

} // namespace

letterbox_geometry fit(std::uint16_t width, std::uint16_t height, std::uint16_t into_width,
                       std::uint16_t into_height) {
  assert(width > 0 && height > 0 && into_width > 0 && into_height > 0);
  auto scale = std::min(static_cast<double>(into_height) / height, static_cast<double>(into_width) / width);
  // nearbyint rounds halves to even, as Python's round does; a sliver of a picture keeps one pixel.
  auto scaled = [scale](std::uint16_t length) {
    return static_cast<std::uint16_t>(std::max(1., std::nearbyint(length * scale)));
  };
  auto pad = [](int space) {
    return static_cast<std::uint16_t>(std::max(0., std::nearbyint(space / 2. - .1)));
  };
  auto new_width = scaled(width), new_height = scaled(height);
  return {static_cast<float>(scale), pad(into_width - new_width), pad(into_height - new_height), new_width,
          new_height};
}

input_size tight_input(std::span<const image* const> pictures, input_size most) {
  input_size out{coarsest_cell, coarsest_cell};
  for (const auto* picture : pictures) {
    const auto scale = std::min(static_cast<double>(most.height) / picture->height,
                                static_cast<double>(most.width) / picture->width);
    out.width = std::max(out.width, in_cells(picture->width * scale, most.width));
    out.height = std::max(out.height, in_cells(picture->height * scale, most.height));
  }
  return out;
}

input_size native_input(std::span<const image* const> pictures, input_size most) {
  input_size own{coarsest_cell, coarsest_cell};
  for (const auto* picture : pictures) {
    own.width = std::max(own.width, in_cells(picture->width, most.width));
    own.height = std::max(own.height, in_cells(picture->height, most.height));
  }
  return tight_input(pictures, own);
}

void letterbox(const image& picture, std::uint16_t into_width, std::uint16_t into_height,
               std::span<float> planes) {
  auto rgb = picture.rgb.view();
  auto plane = std::size_t{into_width} * into_height;
  assert(rgb.size() == std::size_t{3} * picture.width * picture.height && planes.size() == 3 * plane);
  if (picture.width == into_width && picture.height == into_height)
    return copy_planes(rgb, planes);

  auto place = fit(picture.width, picture.height, into_width, into_height);
  auto columns = taps(picture.width, place.new_width);
  auto rows = taps(picture.height, place.new_height);
  auto stride = std::size_t{3} * picture.width;
  std::vector<float> blended(stride);
  std::fill(planes.begin(), planes.end(), padding);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    const auto* above = rgb.data() + rows[y].first * stride;
    const auto* below = rgb.data() + rows[y].second * stride;
    for (std::size_t i = 0; i < stride; ++i) {
      auto a = static_cast<float>(above[i]), b = static_cast<float>(below[i]);
      blended[i] = (a + (b - a) * rows[y].weight) * (1.F / 255.F);
    }
    auto target = (y + place.pad_y) * into_width + place.pad_x;
    for (std::size_t c = 0; c < 3; ++c) {
      auto out = planes.subspan(c * plane + target, columns.size());
      for (std::size_t x = 0; x < columns.size(); ++x) {
        auto left = blended[3 * columns[x].first + c], right = blended[3 * columns[x].second + c];
        out[x] = left + (right - left) * columns[x].weight;
      }
    }
  }
}

box to_input(const box& fraction_of_picture, const image& picture, std::uint16_t into_width,
             std::uint16_t into_height) {
  auto place = fit(picture.width, picture.height, into_width, into_height);
  auto x = [&](float fraction) { return fraction * place.new_width + place.pad_x; };
  auto y = [&](float fraction) { return fraction * place.new_height + place.pad_y; };
  const auto& in = fraction_of_picture;
  return {x(in.x1), y(in.y1), x(in.x2), y(in.y2)};
}

box to_picture(const box& input_pixels, const image& picture, std::uint16_t into_width,
               std::uint16_t into_height) {
  auto place = fit(picture.width, picture.height, into_width, into_height);
  auto x = [&](float pixel) { return std::clamp((pixel - place.pad_x) / place.new_width, 0.F, 1.F); };
  auto y = [&](float pixel) { return std::clamp((pixel - place.pad_y) / place.new_height, 0.F, 1.F); };
  const auto& in = input_pixels;
  return {x(in.x1), y(in.y1), x(in.x2), y(in.y2)};
}

} // namespace ecco
