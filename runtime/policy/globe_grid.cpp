// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/globe_grid.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ecco {

namespace {

constexpr double earth_radius_m = 6'371'008.8;
constexpr double degree = std::numbers::pi / 180;
/// Smaller cubes would not fit 21 bits a coordinate, and no city has so many groups in one of these.
constexpr double least_edge_m = 10;
/// What rounding can do to a distance, and more.
constexpr double slack_m = 1;

std::uint64_t pack(std::int64_t x, std::int64_t y, std::int64_t z) {
  constexpr std::int64_t middle = 1 << 20;
  const auto part = [](std::int64_t value) { return static_cast<std::uint64_t>(value + middle) & 0x1F'FFFF; };
  return part(x) << 42 | part(y) << 21 | part(z);
}

/// Of the straight line between two points that far apart on the ground.
double chord_m(double distance) {
  return 2 * earth_radius_m * std::sin(std::clamp(distance / (2 * earth_radius_m), 0.0, std::numbers::pi / 2));
}

} // namespace

double distance_m(const location& a, const location& b) {
  const auto half_sine = [](double degrees) { return std::sin(degrees * degree / 2); };
  const auto dy = half_sine(b.latitude - a.latitude), dx = half_sine(b.longitude - a.longitude);
  const auto h = dy * dy + std::cos(a.latitude * degree) * std::cos(b.latitude * degree) * dx * dx;
  return 2 * earth_radius_m * std::asin(std::sqrt(std::min(1.0, h)));
}

bool is_on_globe(const location& place) {
  return std::abs(place.latitude) <= 90 && std::abs(place.longitude) <= 180;
}

globe_grid::globe_grid(double reach_m)
    : reach_m_(std::max(0.0, reach_m)), edge_m_(std::max(least_edge_m, chord_m(reach_m_) + slack_m)) {}

globe_grid::coordinates globe_grid::coordinates_of(const location& place) const {
  const auto north = place.latitude * degree, east = place.longitude * degree;
  const auto cell = [this](double part) { return static_cast<std::int64_t>(std::floor(part * earth_radius_m / edge_m_)); };
  return {cell(std::cos(north) * std::cos(east)), cell(std::cos(north) * std::sin(east)), cell(std::sin(north))};
}

void globe_grid::put(group_id id, const location& place) {
  remove(id);
  if (!is_on_globe(place))
    return;
  const auto at = coordinates_of(place);
  const auto in = pack(at.x, at.y, at.z);
  cubes_[in].push_back({id, place});
  points_[id.value] = in;
}

void globe_grid::remove(group_id id) {
  const auto known = points_.find(id.value);
  if (known == points_.end())
    return;
  const auto in = cubes_.find(known->second);
  std::erase_if(in->second, [id](const point& one) { return one.id == id; });
  if (in->second.empty())
    cubes_.erase(in);
  points_.erase(known);
}

std::vector<group_id> globe_grid::near(const location& place) const {
  std::vector<group_id> out;
  if (!is_on_globe(place))
    return out;
  const auto at = coordinates_of(place);
  for (std::int64_t x = -1; x <= 1; ++x)
    for (std::int64_t y = -1; y <= 1; ++y)
      for (std::int64_t z = -1; z <= 1; ++z)
        if (const auto in = cubes_.find(pack(at.x + x, at.y + y, at.z + z)); in != cubes_.end())
          for (const auto& one : in->second)
            if (distance_m(one.place, place) <= reach_m_)
              out.push_back(one.id);
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace ecco
