// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "messages/grouping.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// Great-circle distance in metres; NaN when a coordinate is.
double distance_m(const location& a, const location& b);

/// Whether these are degrees of the globe: finite, -90 to 90 north, -180 to 180 east.
bool is_on_globe(const location& place);

/// Points on the globe that can be asked which of them are within a fixed reach of a place, in about the time it takes
/// to name them. Each point, as a vector from the centre of the Earth, lies in a cube whose edge is the reach's chord:
/// whatever is within reach lies in the same cube or in one of its 26 neighbours, at the poles and on the antimeridian
/// as anywhere else. Pure.
class globe_grid {
 public:
  /// @param reach_m metres, bounded to 0 and to half the Earth's circumference.
  explicit globe_grid(double reach_m);

  /// Adds the point or moves it. One that is not on the globe is near nothing.
  void put(group_id id, const location& place);
  void remove(group_id id);

  /// Points within reach of the place, the lowest id first.
  std::vector<group_id> near(const location& place) const;

  std::size_t size() const { return points_.size(); }

 private:
  /// Three coordinates of a cube, 21 bits each.
  using cube = std::uint64_t;
  struct point {
    group_id id;
    location place;
  };

  struct coordinates {
    std::int64_t x, y, z;
  };
  coordinates coordinates_of(const location& place) const;

  double reach_m_, edge_m_;
  std::unordered_map<cube, std::vector<point>> cubes_;
  std::unordered_map<std::uint32_t, cube> points_;
};

} // namespace ecco
