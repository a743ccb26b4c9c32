// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "messages/detection.hpp"

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

/// COCO counts at most this many detections a class and frame, the surest.
inline constexpr std::size_t max_detections = 100;

/// How one detection fared; bit i belongs to `iou_thresholds[i]`. Neither right nor ignored is wrong.
struct outcome {
  std::uint16_t class_id = 0;
  float score = 0;
  /// Matched a counted label of its class.
  std::uint16_t right = 0;
  /// Matched an ignored region only: counts neither way.
  std::uint16_t ignored = 0;

  friend bool operator==(const outcome&, const outcome&) = default;
};

/// What average precision needs to know of one frame: averaging over other selections of frames costs no
/// new matching.
struct frame_match {
  /// Ordered by class, then by falling score, then as given.
  std::vector<outcome> outcomes;
  /// Class of each counted label, ascending.
  std::vector<std::uint16_t> objects;
};

/// Matches one frame's detections with its labels as COCO's evaluateImg does: class by class, surest first,
/// each detection takes the free label it overlaps most, of equals the later. `ignore` labels are crowds:
/// they take any number of detections, by the part of the detection they cover. A detection whose score is
/// not finite is dropped.
frame_match match_frame(std::span<const detection> seen, std::span<const label> truth);

} // namespace ecco
