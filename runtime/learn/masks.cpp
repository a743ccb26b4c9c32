// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/masks.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ecco {

namespace {

constexpr auto stride = static_cast<std::size_t>(mask_stride);

/// Cells [begin, end) along one axis.
struct cells {
  std::size_t begin = 0, end = 0;
};

/// Those with `from <= index * mask_stride < to`, among `count`.
cells within(float from, float to, std::size_t count) {
  const auto first_not_below = [count](float pixel) {
    const auto cell = std::ceil(pixel / static_cast<float>(mask_stride));
    return static_cast<std::size_t>(std::clamp(cell, 0.F, static_cast<float>(count)));
  };
  const cells out{first_not_below(from), first_not_below(to)};
  return {out.begin, std::max(out.begin, out.end)};
}

/// Mask logits of a whole picture, 0 outside of the given cells.
std::vector<float> cropped_logits(std::span<const float> coefficients, const mask_basis& basis,
                                  const cells& columns, const cells& rows) {
  const auto plane = std::size_t{basis.width} * basis.height;
  std::vector<float> logits(plane);
  for (std::size_t k = 0; k < coefficients.size(); ++k)
    for (auto y = rows.begin; y < rows.end; ++y)
      for (auto x = columns.begin; x < columns.end; ++x) {
        const auto cell = y * basis.width + x;
        logits[cell] += coefficients[k] * basis.planes[k * plane + cell];
      }
  return logits;
}

/// Between which two cells the centre of a pixel lies, and how far from the first.
struct tap {
  tap(std::size_t pixel, std::size_t count) {
    const auto at = std::max(0.F, (static_cast<float>(pixel) + .5F) / static_cast<float>(mask_stride) - .5F);
    first = static_cast<std::size_t>(at);
    second = std::min(first + 1, count - 1);
    weight = at - static_cast<float>(first);
  }

  std::size_t first, second;
  float weight;
};

/// The pixels that cells [begin, end) reach.
cells reached(const cells& of, std::size_t count) {
  const auto before = std::max(of.begin, std::size_t{1}) - 1, behind = std::min(of.end + 1, count);
  return {before * stride, behind * stride};
}

} // namespace

std::vector<std::uint8_t> draw_mask(std::span<const float> coefficients, const mask_basis& basis,
                                    const box& where) {
  const std::size_t width = basis.width, height = basis.height;
  assert(coefficients.size() == mask_prototypes
         && basis.planes.size() == coefficients.size() * width * height);
  std::vector<std::uint8_t> inside(width * height * stride * stride);
  const auto columns = within(where.x1, where.x2, width), rows = within(where.y1, where.y2, height);
  if (columns.begin == columns.end || rows.begin == rows.end)
    return inside;
  const auto logits = cropped_logits(coefficients, basis, columns, rows);
  const auto across = reached(columns, width), down = reached(rows, height);
  for (auto y = down.begin; y < down.end; ++y) {
    const tap row{y, height};
    const auto* above = logits.data() + row.first * width;
    const auto* below = logits.data() + row.second * width;
    for (auto x = across.begin; x < across.end; ++x) {
      const tap column{x, width};
      const auto blend = [&](const float* line) {
        return line[column.first] * (1 - column.weight) + line[column.second] * column.weight;
      };
      inside[y * width * stride + x] = blend(above) * (1 - row.weight) + blend(below) * row.weight > 0;
    }
  }
  return inside;
}

} // namespace ecco
