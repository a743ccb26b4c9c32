// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/rle.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/score/run_writer.hpp"

namespace ecco {

namespace {

/// The grid on which outlines are drawn has this many points a pixel.
constexpr int scale = 5;
/// Its point in the middle of a pixel: an outline that steps from there to the next point crosses the pixel's
/// centre.
constexpr int centre = scale / 2;

/// Columns that the edges of one outline may cross in all: 64 MB of memory. A file that claims a huge image must not
/// take as much as it likes.
constexpr std::size_t most_crossings = std::size_t{1} << 24;

struct grid_point {
  int x = 0, y = 0;
};

/// The nearest grid line; off it by one for some that are negative, as in COCO's tool: they are outside
/// anyway.
int rounded(double value) {
  return static_cast<int>(std::trunc(value + .5));
}

/// An outline's edge, drawn point by point along its longer side, from the end with the smaller coordinate
/// there.
class edge {
 public:
  edge(grid_point a, grid_point b) : wide_(std::abs(b.x - a.x) >= std::abs(b.y - a.y)) {
    if (wide_ ? a.x > b.x : a.y > b.y)
      std::swap(a, b);
    from_ = a;
    last_ = wide_ ? b.x - a.x : b.y - a.y;
    slope_ = last_ == 0 ? 0 : double(wide_ ? b.y - a.y : b.x - a.x) / last_;
  }

  int left() const { return std::min(at(0).x, at(last_).x); }
  int right() const { return std::max(at(0).x, at(last_).x); }

  /// Height of the step from x to x + 1: the smaller one of the two points. @pre left() <= x < right()
  int step_height(int x) const {
    const auto before = last_not_beyond(x);
    return std::min(at(before).y, at(before + 1).y);
  }

 private:
  grid_point at(int step) const {
    return wide_ ? grid_point{from_.x + step, rounded(from_.y + slope_ * step)}
                 : grid_point{rounded(from_.x + slope_ * step), from_.y + step};
  }

  /// The last step before the edge goes from x to x + 1, or from x + 1 to x.
  int last_not_beyond(int x) const {
    if (wide_)
      return x - from_.x;
    const auto rises = slope_ > 0;
    int low = 0, high = last_; // the crossing lies between them
    while (high - low > 1) {
      const auto middle = low + (high - low) / 2;
      (rises == (at(middle).x <= x) ? low : high) = middle;
    }
    return low;
  }

  bool wide_;
  grid_point from_;
  int last_ = 0;
  double slope_ = 0;
};

/// Adds where the edge crosses centre lines of columns, as positions in the mask. @returns false when there are
/// too many.
bool add_crossings(const edge& e, std::uint32_t height, std::uint32_t width,
                   std::vector<std::uint32_t>& crossings) {
  const auto first = std::max(0, (std::max(0, e.left()) - centre + scale - 1) / scale);
  for (auto column = static_cast<std::int64_t>(first); column < width; ++column) {
    const auto x = column * scale + centre;
    if (x >= e.right())
      break;
    if (crossings.size() == most_crossings)
      return false;
    const auto y = (e.step_height(static_cast<int>(x)) + .5) / scale - .5;
    const auto row = std::ceil(std::clamp(y, 0., double(height)));
    crossings.push_back(static_cast<std::uint32_t>(column * height + static_cast<std::int64_t>(row)));
  }
  return true;
}

result<void> check(std::span<const double> corners) {
  if (corners.size() < 6 || corners.size() % 2 != 0)
    return fail(ec::malformed_data,
                "polygon: " + std::to_string(corners.size()) + " numbers are not three corners or more");
  for (const auto c : corners)
    if (!(std::abs(c) <= max_polygon_coordinate))
      return fail(ec::malformed_data, "polygon: a corner at " + std::to_string(c) + " is out of bounds");
  return {};
}

/// Adds those of all edges of a closed polygon.
result<void> add_crossings(std::span<const double> corners, std::uint32_t height, std::uint32_t width,
                           std::vector<std::uint32_t>& crossings) {
  if (auto good = check(corners); !good)
    return good;
  const auto at = [&](std::size_t i) {
    return grid_point{rounded(scale * corners[2 * i]), rounded(scale * corners[2 * i + 1])};
  };
  const auto count = corners.size() / 2;
  for (std::size_t i = 0; i < count; ++i)
    if (!add_crossings(edge{at(i), at((i + 1) % count)}, height, width, crossings))
      return fail(ec::malformed_data, "polygon: its outline is too long");
  return {};
}

/// A pixel is set when an odd number of crossings lies before it in its column.
rle between(std::vector<std::uint32_t> crossings, std::uint32_t height, std::uint32_t width) {
  std::sort(crossings.begin(), crossings.end());
  crossings.push_back(height * width);
  run_writer runs;
  std::uint32_t last = 0;
  for (const auto c : crossings)
    runs.add(c - std::exchange(last, c));
  return {height, width, runs.take()};
}

result<void> check_size(std::uint32_t height, std::uint32_t width) {
  const std::int64_t all[] = {std::int64_t{height} * width};
  return rle_from_runs(all, height, width).map([](const rle&) {});
}

} // namespace

result<rle> rle_from_polygon(std::span<const double> corners, std::uint32_t height, std::uint32_t width) {
  if (auto good = check_size(height, width); !good)
    return tl::unexpected{good.error()};
  std::vector<std::uint32_t> crossings;
  if (auto added = add_crossings(corners, height, width, crossings); !added)
    return tl::unexpected{added.error()};
  return between(std::move(crossings), height, width);
}

result<rle> rle_from_rings(std::span<const std::vector<double>> rings, std::uint32_t height,
                           std::uint32_t width) {
  if (auto good = check_size(height, width); !good)
    return tl::unexpected{good.error()};
  std::vector<std::uint32_t> crossings;
  for (const auto& corners : rings)
    if (auto added = add_crossings(corners, height, width, crossings); !added)
      return tl::unexpected{added.error()};
  return between(std::move(crossings), height, width);
}

} // namespace ecco
