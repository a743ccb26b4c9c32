// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/contact_sheet.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/world/labels.hpp"

namespace ecco {
namespace {

constexpr int gap = 4;

using colour = std::array<std::uint8_t, 3>;

colour colour_of(world::object_class kind) {
  switch (kind) {
    case world::object_class::person: return {255, 220, 40};
    case world::object_class::bicycle: return {255, 120, 220};
    case world::object_class::bus: return {60, 160, 255};
    case world::object_class::truck: return {255, 130, 40};
    case world::object_class::car: break;
  }
  return {70, 255, 90};
}

} // namespace

image with_boxes(const world::shot& seen) {
  const auto from = seen.picture.rgb.view();
  bytes rgb(from.begin(), from.end());
  const auto set = [&](int x, int y, colour c) {
    const auto at = 3 * (static_cast<std::size_t>(y) * seen.picture.width + static_cast<std::size_t>(x));
    std::copy(c.begin(), c.end(), rgb.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (const auto& one : seen.objects) {
    if (!world::counts(one, {}))
      continue;
    const auto c = colour_of(one.kind);
    for (int x = one.x0; x < one.x1; ++x)
      set(x, one.y0, c), set(x, one.y1 - 1, c);
    for (int y = one.y0; y < one.y1; ++y)
      set(one.x0, y, c), set(one.x1 - 1, y, c);
  }
  return {seen.picture.width, seen.picture.height, blob{std::move(rgb)}};
}

image contact_sheet(const std::vector<world::shot>& shots, const sheet_options& options) {
  const int count = static_cast<int>(shots.size());
  const int columns = std::clamp(
      options.columns > 0 ? options.columns : static_cast<int>(std::ceil(std::sqrt(count))), 1, count);
  const int rows = (count + columns - 1) / columns;
  const int cell_wide = shots[0].picture.width + gap, cell_tall = shots[0].picture.height + gap;
  const int wide = columns * cell_wide - gap, tall = rows * cell_tall - gap;
  bytes rgb(std::size_t{3} * static_cast<std::size_t>(wide) * static_cast<std::size_t>(tall), 24);
  for (int i = 0; i < count; ++i) {
    const auto picture = options.boxes ? with_boxes(shots[static_cast<std::size_t>(i)])
                                       : shots[static_cast<std::size_t>(i)].picture;
    const auto from = picture.rgb.view();
    const int w = std::min<int>(picture.width, cell_wide - gap),
              h = std::min<int>(picture.height, cell_tall - gap);
    for (int y = 0; y < h; ++y) {
      const auto source = from.begin() + std::ptrdiff_t{3} * y * picture.width;
      const auto target =
          std::ptrdiff_t{3}
          * ((i / columns * cell_tall + y) * static_cast<std::ptrdiff_t>(wide) + i % columns * cell_wide);
      std::copy(source, source + std::ptrdiff_t{3} * w, rgb.begin() + target);
    }
  }
  return {static_cast<std::uint16_t>(wide), static_cast<std::uint16_t>(tall), blob{std::move(rgb)}};
}

} // namespace ecco
