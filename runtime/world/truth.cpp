// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/truth.hpp"

#include <array>

namespace ecco::world {
namespace {

static_assert(raster::samples == 2);

std::uint16_t owner_of(const std::array<std::uint32_t, 4>& objects) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (objects[i] == 0)
      continue;
    int same = 1;
    for (std::size_t k = i + 1; k < 4; ++k)
      same += objects[k] == objects[i] ? 1 : 0;
    if (same >= 2)
      return static_cast<std::uint16_t>(objects[i]);
  }
  return 0;
}

} // namespace

void find_owners(const raster& from, const std::vector<drawn_object>& objects,
                 std::vector<std::uint16_t>& owners) {
  const int width = from.width() / 2, height = from.height() / 2;
  owners.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  const auto& faces = from.faces();
  std::vector<int> left(static_cast<std::size_t>(height), width), right(static_cast<std::size_t>(height), 0);
  for (const auto& one : objects)
    for (int y = one.where.y0 / 2; y < (one.where.y1 + 1) / 2 && y < height; ++y) {
      auto& l = left[static_cast<std::size_t>(y)];
      auto& r = right[static_cast<std::size_t>(y)];
      l = std::min(l, one.where.x0 / 2), r = std::max(r, std::min(width, (one.where.x1 + 1) / 2));
    }
  for (int y = 0; y < height; ++y) {
    const std::uint32_t* top =
        from.shown().data() + static_cast<std::size_t>(2 * y) * static_cast<std::size_t>(from.width());
    const std::uint32_t* low = top + from.width();
    for (int x = left[static_cast<std::size_t>(y)]; x < right[static_cast<std::size_t>(y)]; ++x) {
      const auto at = [&](const std::uint32_t* row, int k) { return faces[row[2 * x + k]].object; };
      const std::array four{at(top, 0), at(top, 1), at(low, 0), at(low, 1)};
      if ((four[0] | four[1] | four[2] | four[3]) != 0)
        owners[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] =
            owner_of(four);
    }
  }
}

std::vector<seen_object> find_objects(const raster& from, const std::vector<drawn_object>& objects,
                                      const std::vector<std::uint16_t>& owners,
                                      std::vector<std::uint16_t>& numbers) {
  const int width = from.width() / 2, height = from.height() / 2;
  std::vector<seen_object> all;
  numbers.clear();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto& what = objects[i];
    const auto number = static_cast<std::uint32_t>(i + 1);
    seen_object seen;
    seen.id = what.id;
    seen.kind = what.kind;
    seen.x0 = width, seen.y0 = height;
    std::uint32_t shown = 0;
    for (int y = what.where.y0 / 2; y < (what.where.y1 + 1) / 2 && y < height; ++y) {
      const auto* row = owners.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
      for (int x = what.where.x0 / 2; x < (what.where.x1 + 1) / 2 && x < width; ++x)
        if (row[x] == number) {
          seen.x0 = std::min(seen.x0, x), seen.x1 = std::max(seen.x1, x + 1);
          seen.y0 = std::min(seen.y0, y), seen.y1 = std::max(seen.y1, y + 1);
          ++seen.pixels;
        }
    }
    if (seen.pixels == 0)
      continue;
    for (int y = what.where.y0; y < what.where.y1; ++y) {
      const auto* row =
          from.shown().data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(from.width());
      for (int x = what.where.x0; x < what.where.x1; ++x)
        shown += from.faces()[row[x]].object == number ? 1u : 0u;
    }
    seen.visible = static_cast<float>(shown) / static_cast<float>(what.samples);
    seen.cut = what.where.x0 <= 0 || what.where.y0 <= 0 || what.where.x1 >= from.width()
               || what.where.y1 >= from.height();
    seen.distance = what.distance;
    all.push_back(seen);
    numbers.push_back(static_cast<std::uint16_t>(number));
  }
  return all;
}

} // namespace ecco::world
