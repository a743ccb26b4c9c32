// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/world/raster.hpp"
#include "runtime/world/traffic.hpp"

namespace ecco::world {

/// An object as a picture shows it.
struct seen_object {
  /// The same in all pictures of all cameras.
  std::uint64_t id = 0;
  object_class kind{};
  /// The pixels it owns lie within x0 <= x < x1, y0 <= y < y1, and touch all four sides.
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  /// How many it owns.
  std::uint32_t pixels = 0;
  /// The share of its outline within the picture that nothing hides, in (0, 1].
  float visible = 0;
  /// It goes on beyond the picture's edge.
  bool cut = false;
  /// Metres from the camera.
  float distance = 0;

  friend bool operator==(const seen_object&, const seen_object&) = default;
};

/// Who a raster's objects are; number 1 is the first.
struct drawn_object {
  std::uint64_t id = 0;
  object_class kind{};
  /// Samples that it covers, hidden or not.
  std::uint32_t samples = 0;
  sample_rect where;
  float distance = 0;
};

/// What is to be seen of each object: those that own a pixel, in the order of their numbers. A pixel belongs
/// to the object that most of its samples show, and to nobody when fewer than half of them show any one
/// object.
/// @param owners gets for each pixel, row by row, 0 or 1 + the index of its object in what is returned
/// @param numbers gets the number of each
std::vector<seen_object> find_objects(const raster& from, const std::vector<drawn_object>& objects,
                                      std::vector<std::uint16_t>& owners,
                                      std::vector<std::uint16_t>& numbers);

} // namespace ecco::world
