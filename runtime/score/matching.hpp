// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ecco {

/// COCO's ten IoU thresholds, the very doubles that numpy's linspace makes (the ninth is not .9).
inline constexpr std::array<double, 10> iou_thresholds = [] {
  std::array<double, 10> thresholds{};
  constexpr double step = (0.95 - 0.5) / 9;
  for (std::size_t i = 0; i < 9; ++i)
    thresholds[i] = static_cast<double>(i) * step + 0.5;
  thresholds[9] = 0.95;
  return thresholds;
}();

/// COCO counts at most this many detections a category and image, the surest.
inline constexpr std::size_t max_detections = 100;

/// A set of thresholds: bit i belongs to `iou_thresholds[i]`.
using threshold_set = std::uint16_t;
inline constexpr threshold_set all_thresholds = (1u << iou_thresholds.size()) - 1;

/// How one detection fared. Where it is neither right nor ignored it is wrong.
struct verdict {
  /// Matched a counted object.
  threshold_set right = 0;
  /// Counts neither way.
  threshold_set ignored = 0;

  friend bool operator==(const verdict&, const verdict&) = default;
};

/// An object that the detection at hand overlaps enough for at least the lowest threshold.
struct rival {
  std::uint32_t object = 0;
  double overlap = 0;
};

/// What matching knows of an object.
struct object_state {
  /// A crowd takes any number of detections; every other object one at each threshold.
  bool crowd = false;
  /// Not counted: a crowd, or outside the range of areas.
  bool ignored = false;
  /// Where it is matched already.
  threshold_set taken = 0;
};

/// Orders rivals as COCO's evaluateImg prefers them: the larger overlap first, of equals the later object.
void sort_by_preference(std::vector<rival>& rivals);

/// Matches the next surest detection of an image and category at all thresholds at once: at each it takes the
/// first free counted object that it overlaps enough, failing that an ignored one. @pre `rivals` are in order
/// of preference
verdict match(std::span<const rival> rivals, std::span<object_state> objects);

} // namespace ecco
