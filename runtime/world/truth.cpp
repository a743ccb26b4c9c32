// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/truth.hpp"

#include <array>
#include <limits>

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

/// What one object owns and shows.
struct tally {
  sample_rect where{std::numeric_limits<int>::max(), std::numeric_limits<int>::max(), 0, 0};
  std::uint32_t pixels = 0, samples = 0;

  void add(int x, int y) {
    where.x0 = std::min(where.x0, x), where.x1 = std::max(where.x1, x + 1);
    where.y0 = std::min(where.y0, y), where.y1 = y + 1;
    ++pixels;
  }
};

/// The pixels [first, second) of each row that may show an object.
std::vector<std::pair<int, int>> rows_of(const std::vector<drawn_object>& objects, int width, int height) {
  std::vector<std::pair<int, int>> rows(static_cast<std::size_t>(height), {width, 0});
  for (const auto& one : objects)
    for (int y = one.where.y0 / 2; y < (one.where.y1 + 1) / 2 && y < height; ++y) {
      auto& [left, right] = rows[static_cast<std::size_t>(y)];
      left = std::min(left, one.where.x0 / 2);
      right = std::max(right, std::min(width, (one.where.x1 + 1) / 2));
    }
  return rows;
}

} // namespace

std::vector<seen_object> find_objects(const raster& from, const std::vector<drawn_object>& objects,
                                      std::vector<std::uint16_t>& owners,
                                      std::vector<std::uint16_t>& numbers) {
  const int width = from.width() / 2, height = from.height() / 2;
  owners.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  std::vector<std::uint32_t> object_of;
  object_of.reserve(from.faces().size());
  for (const auto& one : from.faces())
    object_of.push_back(one.object);
  std::vector<tally> found(objects.size() + 1);
  const auto rows = rows_of(objects, width, height);
  for (int y = 0; y < height; ++y) {
    const std::uint32_t* top =
        from.shown().data() + static_cast<std::size_t>(2 * y) * static_cast<std::size_t>(from.width());
    const std::uint32_t* low = top + from.width();
    auto* owner = owners.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    const auto [left, right] = rows[static_cast<std::size_t>(y)];
    for (int x = left; x < right; ++x) {
      const std::array four{object_of[top[2 * x]], object_of[top[2 * x + 1]], object_of[low[2 * x]],
                            object_of[low[2 * x + 1]]};
      if ((four[0] | four[1] | four[2] | four[3]) == 0)
        continue;
      for (const auto one : four)
        ++found[one].samples;
      owner[x] = owner_of(four);
      if (owner[x] > 0)
        found[owner[x]].add(x, y);
    }
  }

  std::vector<seen_object> all;
  std::vector<std::uint16_t> index(found.size(), 0);
  numbers.clear();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto& what = objects[i];
    const auto& of = found[i + 1];
    if (of.pixels == 0)
      continue;
    seen_object seen;
    seen.id = what.id;
    seen.kind = what.kind;
    seen.x0 = of.where.x0, seen.y0 = of.where.y0, seen.x1 = of.where.x1, seen.y1 = of.where.y1;
    seen.pixels = of.pixels;
    seen.visible = static_cast<float>(of.samples) / static_cast<float>(what.samples);
    seen.cut = what.where.x0 <= 0 || what.where.y0 <= 0 || what.where.x1 >= from.width()
               || what.where.y1 >= from.height();
    seen.distance = what.distance;
    all.push_back(seen);
    numbers.push_back(static_cast<std::uint16_t>(i + 1));
    index[i + 1] = static_cast<std::uint16_t>(all.size());
  }
  for (auto& owner : owners)
    owner = index[owner];
  return all;
}

} // namespace ecco::world
