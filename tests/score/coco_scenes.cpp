// SPDX-License-Identifier: Apache-2.0
#include "tests/score/coco_scenes.hpp"

#include <algorithm>
#include <array>

namespace ecco::test {

namespace {

/// splitmix64.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    auto z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(next() % end); }

 private:
  std::uint64_t state_;
};

constexpr std::array<int, 8> sides{8, 16, 24, 32, 32, 64, 96, 100};

// Braces around draws are not decoration: they are drawn from left to right.

pixel_box any_box(random_numbers& r, bool fine) {
  const std::array at{r.below(24), r.below(24)};
  const auto step = fine ? .75 : 8;
  const std::array size{sides[r.below(8)], sides[r.below(8)]};
  return {at[0] * step, at[1] * step, double(size[0]), double(size[1])};
}

pixel_box near_box(random_numbers& r, const pixel_box& b) {
  if (r.below(2) == 0)
    return b;
  const std::array by{int(r.below(5)), int(r.below(5)), int(r.below(3))};
  return {b.x + (by[0] - 2) * b.width / 8, b.y + (by[1] - 2) * b.height / 8, b.width * (8 - by[2]) / 8,
          b.height};
}

/// What a mask is drawn from: rectangles, or one polygon.
struct shape {
  struct rectangle {
    int x, y, width, height;
  };
  std::vector<rectangle> rectangles;
  std::vector<double> polygon;

  shape moved(int dx, int dy) const {
    auto copy = *this;
    for (auto& r : copy.rectangles) {
      r.x += dx;
      r.y += dy;
    }
    for (std::size_t i = 0; i < polygon.size(); ++i)
      copy.polygon[i] += i % 2 == 0 ? dx : dy;
    return copy;
  }

  rle draw(int height, int width) const {
    const auto h = static_cast<std::uint32_t>(height), w = static_cast<std::uint32_t>(width);
    if (!polygon.empty())
      return rle_from_polygon(polygon, h, w).value();
    std::vector<std::uint8_t> pixels(std::size_t{h} * w);
    for (const auto& r : rectangles)
      for (auto x = std::max(0, r.x); x < std::min(width, r.x + r.width); ++x)
        for (auto y = std::max(0, r.y); y < std::min(height, r.y + r.height); ++y)
          pixels[static_cast<std::size_t>(x * height + y)] = 1;
    return encode_mask(pixels, h, w).value();
  }
};

shape any_shape(random_numbers& r) {
  shape drawn;
  if (r.below(3) == 0) {
    for (auto n = 2 * (3 + r.below(6)); n > 0; --n)
      drawn.polygon.push_back(r.below(560) / 4. - 10);
    return drawn;
  }
  for (auto n = 1 + r.below(3); n > 0; --n) {
    const std::array at{int(r.below(100)), int(r.below(100))};
    const std::array size{sides[r.below(8)], sides[r.below(8)]};
    drawn.rectangles.push_back({at[0], at[1], size[0], size[1]});
  }
  return drawn;
}

shape near_shape(random_numbers& r, const shape& s) {
  if (r.below(2) == 0)
    return s;
  const std::array by{int(r.below(9)), int(r.below(9))};
  return s.moved(by[0] - 4, by[1] - 4);
}

} // namespace

coco_scene random_coco_scene(std::uint64_t seed) {
  random_numbers r{seed};
  const auto masks = seed % 2 == 1;
  coco_scene scene;
  scene.images = 1 + r.below(6);
  scene.categories = 1 + r.below(4);
  for (auto gaps = scene.images + scene.categories; gaps > 0; --gaps)
    r.next(); // the ids, which only their order matters of
  const std::array size{int(100 + r.below(20)), int(100 + r.below(20))};
  const std::array flags{r.below(2) == 1, r.below(2) == 1, r.below(20) == 0};
  const auto [fine, tied, crowded] = flags;

  std::vector<shape> shapes;
  for (auto n = r.below(20); n > 0; --n) {
    coco_object o;
    o.image = r.below(scene.images);
    o.category = r.below(scene.categories);
    o.crowd = r.below(5) == 0;
    if (masks) {
      shapes.push_back(any_shape(r));
      scene.object_masks.push_back(shapes.back().draw(size[0], size[1]));
    } else {
      o.where = any_box(r, fine);
    }
    const auto covers = masks ? static_cast<double>(area(scene.object_masks.back())) : area(o.where);
    o.area = std::array{covers, covers / 2, 1024., 9216.}[r.below(4)];
    scene.objects.push_back(o);
  }
  for (auto n = crowded ? 101 + r.below(60) : r.below(60); n > 0; --n) {
    const auto near = !scene.objects.empty() && r.below(2) == 0;
    const auto which = near ? r.below(static_cast<std::uint32_t>(scene.objects.size())) : 0;
    coco_detection d;
    d.image = r.below(scene.images);
    d.category = r.below(scene.categories);
    if (crowded)
      d.image = d.category = 0;
    else if (near)
      d.image = scene.objects[which].image, d.category = scene.objects[which].category;
    if (masks) {
      const auto drawn = near ? near_shape(r, shapes[which]) : any_shape(r);
      scene.detection_masks.push_back(drawn.draw(size[0], size[1]));
      d.area = static_cast<double>(area(scene.detection_masks.back()));
    } else {
      d.where = near ? near_box(r, scene.objects[which].where) : any_box(r, fine);
      d.area = area(d.where);
    }
    d.score = tied ? r.below(8) / 8. : static_cast<double>(r.next() >> 11) * 0x1p-53;
    scene.detections.push_back(d);
  }
  return scene;
}

rle random_mask(std::uint64_t number) {
  random_numbers r{1'000'000 + number};
  constexpr std::array<std::array<int, 2>, 5> sizes{{{1, 1}, {1, 40}, {40, 1}, {37, 53}, {120, 110}}};
  const auto [height, width] = sizes[number / 4 % sizes.size()];
  const auto kind = r.below(4);
  if (kind > 1)
    return any_shape(r).draw(height, width);
  const auto rare = std::array{0u, 1u, 2u, 3u, 50u, 2000u}[r.below(6)];
  auto value = r.below(2) == 1;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(height * width));
  for (auto& p : pixels) {
    if (kind == 1)
      value = r.below(4) == 0;
    else if (rare > 0 && r.below(rare) == 0)
      value = !value;
    p = value;
  }
  return encode_mask(pixels, static_cast<std::uint32_t>(height), static_cast<std::uint32_t>(width)).value();
}

} // namespace ecco::test
