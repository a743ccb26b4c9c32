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

/// Mask logits of some cells, row by row.
struct window {
  cells columns, rows;
  std::vector<float> logits;

  std::size_t width() const { return columns.end - columns.begin; }
  std::size_t height() const { return rows.end - rows.begin; }

  /// 0 for a cell outside.
  float at(std::size_t column, std::size_t row) const {
    if (column < columns.begin || column >= columns.end || row < rows.begin || row >= rows.end)
      return 0;
    return logits[(row - rows.begin) * width() + column - columns.begin];
  }
};

window logits_within(const box& where, std::span<const float> coefficients, const mask_basis& basis) {
  const std::size_t width = basis.width, height = basis.height;
  assert(coefficients.size() == mask_prototypes
         && basis.planes.size() == coefficients.size() * width * height);
  window out{within(where.x1, where.x2, width), within(where.y1, where.y2, height), {}};
  out.logits.resize(out.width() * out.height());
  for (std::size_t k = 0; k < coefficients.size(); ++k)
    for (std::size_t y = 0; y < out.height(); ++y) {
      const auto* values =
          basis.planes.data() + (k * height + out.rows.begin + y) * width + out.columns.begin;
      auto* logits = out.logits.data() + y * out.width();
      for (std::size_t x = 0; x < out.width(); ++x)
        logits[x] += coefficients[k] * values[x];
    }
  return out;
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
  std::vector<std::uint8_t> inside(width * height * stride * stride);
  const auto of = logits_within(where, coefficients, basis);
  if (of.logits.empty())
    return inside;
  const auto across = reached(of.columns, width), down = reached(of.rows, height);
  for (auto y = down.begin; y < down.end; ++y) {
    const tap row{y, height};
    for (auto x = across.begin; x < across.end; ++x) {
      const tap column{x, width};
      const auto blend = [&](std::size_t line) {
        return of.at(column.first, line) * (1 - column.weight) + of.at(column.second, line) * column.weight;
      };
      inside[y * width * stride + x] =
          blend(row.first) * (1 - row.weight) + blend(row.second) * row.weight > 0;
    }
  }
  return inside;
}

std::vector<polygon> trace_mask(std::span<const float> coefficients, const mask_basis& basis,
                                const box& where) {
  const auto of = logits_within(where, coefficients, basis);
  auto rings = contours(of.logits, of.width(), of.height());
  const auto centre = [](double cell, std::size_t first) {
    return (cell + static_cast<double>(first) + .5) * static_cast<double>(mask_stride);
  };
  for (auto& ring : rings)
    for (std::size_t i = 0; i < ring.size(); i += 2) {
      ring[i] = centre(ring[i], of.columns.begin);
      ring[i + 1] = centre(ring[i + 1], of.rows.begin);
    }
  return rings;
}

} // namespace ecco
