// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/outlines.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace ecco {

namespace {

struct point {
  double x = 0, y = 0;
};

point corner_of(const polygon& of, std::size_t i) {
  return {of[2 * i], of[2 * i + 1]};
}

void append(polygon& to, const point& p) {
  to.insert(to.end(), {p.x, p.y});
}

/// Twice the area, without its sign.
double twice_area(const polygon& of) {
  double sum = 0;
  for (std::size_t i = 0, n = of.size() / 2; i < n; ++i) {
    const auto a = corner_of(of, i), b = corner_of(of, (i + 1) % n);
    sum += a.x * b.y - b.x * a.y;
  }
  return std::abs(sum);
}

// -- clipping ---------------------------------------------------------------

/// What of a polygon lies on the side of a straight line where `depth(corner)`, a linear function, is not
/// negative (Sutherland and Hodgman).
template <class Depth>
polygon cut(const polygon& of, Depth depth) {
  polygon out;
  for (std::size_t i = 0, n = of.size() / 2; i < n; ++i) {
    const auto a = corner_of(of, i), b = corner_of(of, (i + 1) % n);
    const auto da = depth(a), db = depth(b);
    if (da >= 0)
      append(out, a);
    if ((da >= 0) != (db >= 0)) {
      const auto t = da / (da - db);
      append(out, {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t});
    }
  }
  return out;
}

// -- simplifying ------------------------------------------------------------

double squared(double value) {
  return value * value;
}

/// Squared distance of a point from the line between two others.
double squared_distance(const point& p, const point& a, const point& b) {
  const auto dx = b.x - a.x, dy = b.y - a.y, length = squared(dx) + squared(dy);
  const auto t = length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0., 1.) : 0.;
  return squared(a.x + t * dx - p.x) + squared(a.y + t * dy - p.y);
}

/// Marks which corners of the open line from corner `first` to `last` (counted on around the polygon) must
/// stay.
void mark(const polygon& of, std::size_t first, std::size_t last, double tolerance,
          std::vector<char>& stays) {
  const auto n = of.size() / 2;
  std::vector<std::pair<std::size_t, std::size_t>> open{{first, last}};
  while (!open.empty()) {
    const auto [from, to] = open.back();
    open.pop_back();
    auto farthest = from;
    auto most = squared(tolerance);
    for (auto i = from + 1; i < to; ++i) {
      const auto far = squared_distance(corner_of(of, i % n), corner_of(of, from % n), corner_of(of, to % n));
      if (far > most) {
        most = far;
        farthest = i;
      }
    }
    if (farthest == from)
      continue;
    stays[farthest % n] = 1;
    open.insert(open.end(), {{from, farthest}, {farthest, to}});
  }
}

// -- contours ---------------------------------------------------------------

/// The values with a margin of one, and the lines between neighbours, which are numbered.
class grid {
 public:
  grid(std::span<const float> values, std::size_t width, std::size_t height)
      : columns_(width + 2), rows_(height + 2), values_(columns_ * rows_) {
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x)
        if (const auto value = values[y * width + x]; std::isfinite(value))
          values_[(y + 1) * columns_ + x + 1] = value;
  }

  std::size_t columns() const { return columns_; }
  std::size_t rows() const { return rows_; }
  std::size_t lines() const { return 2 * values_.size(); }
  bool inside(std::size_t x, std::size_t y) const { return values_[y * columns_ + x] > 0; }
  std::size_t across(std::size_t x, std::size_t y) const { return 2 * (y * columns_ + x); }
  std::size_t down(std::size_t x, std::size_t y) const { return across(x, y) + 1; }

  /// Where the value on a line is 0. @pre one of its ends is inside, the other is not
  point crossing(std::size_t line) const {
    const auto cell = line / 2;
    const double a = values_[cell], b = values_[cell + (line % 2 == 0 ? 1 : columns_)];
    const auto x = static_cast<double>(cell % columns_) - 1, y = static_cast<double>(cell / columns_) - 1;
    const auto t = a / (a - b);
    return line % 2 == 0 ? point{x + t, y} : point{x, y + t};
  }

 private:
  std::size_t columns_, rows_;
  std::vector<float> values_;
};

constexpr auto nowhere = std::numeric_limits<std::size_t>::max();

/// Where contours that cross each line go on. Around every square of four values, clockwise, a contour leads
/// from the line that enters the positive ones to the next that leaves them, so that each line crossed is the
/// end of one step and the beginning of another.
std::vector<std::size_t> steps(const grid& of) {
  std::vector<std::size_t> next(of.lines(), nowhere);
  for (std::size_t y = 0; y + 1 < of.rows(); ++y)
    for (std::size_t x = 0; x + 1 < of.columns(); ++x) {
      const std::array in{of.inside(x, y), of.inside(x + 1, y), of.inside(x + 1, y + 1), of.inside(x, y + 1)};
      const std::array line{of.across(x, y), of.down(x + 1, y), of.across(x, y + 1), of.down(x, y)};
      for (std::size_t i = 0; i < 4; ++i) {
        if (in[i] || !in[(i + 1) % 4])
          continue;
        auto leaves = i + 1;
        while (in[(leaves + 1) % 4])
          ++leaves;
        next[line[i]] = line[leaves % 4];
      }
    }
  return next;
}

// -- limits -----------------------------------------------------------------

std::size_t count_corners(std::span<const polygon> rings) {
  return std::accumulate(rings.begin(), rings.end(), std::size_t{0},
                         [](std::size_t sum, const polygon& ring) { return sum + ring.size() / 2; });
}

std::vector<polygon> all_simplified(std::span<const polygon> rings, double tolerance) {
  std::vector<polygon> out;
  for (const auto& ring : rings)
    if (auto simple = simplified(ring, tolerance); !simple.empty())
      out.push_back(std::move(simple));
  return out;
}

/// In fractions of the picture; corners that have come to lie on each other are one.
std::vector<corner> rounded(const polygon& ring, const pixel_box& picture) {
  constexpr double whole = std::numeric_limits<std::uint16_t>::max();
  const auto unit = [](double fraction) {
    return static_cast<std::uint16_t>(std::lround(std::clamp(fraction, 0., 1.) * whole));
  };
  std::vector<corner> out;
  for (std::size_t i = 0; i < ring.size() / 2; ++i) {
    const auto p = corner_of(ring, i);
    const corner c{unit((p.x - picture.x) / picture.width), unit((p.y - picture.y) / picture.height)};
    if (out.empty() || out.back() != c)
      out.push_back(c);
  }
  if (out.size() > 1 && out.front() == out.back())
    out.pop_back();
  return out;
}

} // namespace

polygon clipped(const polygon& of, const pixel_box& to) {
  auto out = cut(of, [&](const point& p) { return p.x - to.x; });
  out = cut(out, [&](const point& p) { return to.x + to.width - p.x; });
  out = cut(out, [&](const point& p) { return p.y - to.y; });
  return cut(out, [&](const point& p) { return to.y + to.height - p.y; });
}

polygon simplified(const polygon& of, double tolerance) {
  const auto n = of.size() / 2;
  if (n < 3)
    return {};
  // The corner farthest from the first: both stay, and divide the polygon into two open lines.
  std::size_t opposite = 0;
  double most = -1;
  for (std::size_t i = 0; i < n; ++i)
    if (const auto far = squared_distance(corner_of(of, i), corner_of(of, 0), corner_of(of, 0)); far > most) {
      most = far;
      opposite = i;
    }
  std::vector<char> stays(n);
  stays[0] = stays[opposite] = 1;
  mark(of, 0, opposite, tolerance, stays);
  mark(of, opposite, n, tolerance, stays);
  polygon out;
  for (std::size_t i = 0; i < n; ++i)
    if (stays[i])
      append(out, corner_of(of, i));
  return out.size() < 6 ? polygon{} : out;
}

std::vector<polygon> contours(std::span<const float> values, std::size_t width, std::size_t height) {
  const grid from{values, width, height};
  auto next = steps(from);
  std::vector<polygon> out;
  for (std::size_t line = 0; line < next.size(); ++line) {
    if (next[line] == nowhere)
      continue;
    auto& ring = out.emplace_back();
    for (auto at = line; next[at] != nowhere; at = std::exchange(next[at], nowhere))
      append(ring, from.crossing(at));
  }
  return out;
}

std::vector<polygon> borders(std::span<const std::uint8_t> pixels, std::size_t width, std::size_t height,
                             double left, double top) {
  // With a margin: what lies outside of a grid is 0, and a border would go out to it.
  std::vector<float> values((width + 2) * (height + 2), -.5F);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      if (pixels[y * width + x] != 0)
        values[(y + 1) * (width + 2) + x + 1] = .5F;
  auto rings = contours(values, width + 2, height + 2);
  // A value stands for the middle of its pixel.
  for (auto& ring : rings)
    for (std::size_t i = 0; i < ring.size(); ++i)
      ring[i] += (i % 2 == 0 ? left : top) - .5;
  return rings;
}

outline to_outline(std::span<const polygon> rings, const pixel_box& picture, const pixel_box& part,
                   double tolerance, const outline_limits& limits) {
  std::vector<polygon> within;
  for (const auto& ring : rings)
    if (auto visible = clipped(ring, part); twice_area(visible) > 0)
      within.push_back(std::move(visible));
  if (within.size() > limits.rings) {
    std::stable_sort(within.begin(), within.end(),
                     [](const polygon& a, const polygon& b) { return twice_area(a) > twice_area(b); });
    within.resize(limits.rings);
  }
  within = all_simplified(within, tolerance);
  while (count_corners(within) > limits.corners) {
    tolerance = std::max(2 * tolerance, 1. / 16);
    within = all_simplified(within, tolerance);
  }
  outline out;
  for (const auto& ring : within)
    if (auto corners = rounded(ring, picture); corners.size() >= 3)
      out.rings.push_back(std::move(corners));
  return out;
}

} // namespace ecco
