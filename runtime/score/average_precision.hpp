// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "messages/detection.hpp"
#include "messages/model.hpp"

namespace ecco {

/// One frame to score: what a model saw, and what the teacher says is there.
struct frame_detections {
  std::vector<detection> seen;
  std::vector<label> truth;
  /// Frames of one block (one second of media time) are not independent; errors are estimated by block.
  std::uint64_t block = 0;
};

/// COCO average precision over some frames.
struct precision_summary {
  /// At IoU 0.5, and averaged over 0.5:0.05:0.95; in [0, 1], NaN when no frame has a counted object.
  double map50 = 0, map = 0;
  /// Counted objects: labels that are not `ignore`.
  std::uint32_t objects = 0;
};

/// COCO's rules (algorithms.md section 4): greedy by score, 101 recall points in the same doubles, classes
/// without objects left out of the mean. `ignore` labels are COCO's crowd regions. At most 100 detections a
/// frame and class count.
///
/// Masks are compared in place of boxes as soon as one counted label has an outline, which is to say for
/// students with masks (a worker drops the outlines for others). A detection without an outline then covers
/// nothing and is wrong; a label without one says that an object is there but not which pixels are its own:
/// what is seen within its box counts neither way.
precision_summary average_precision(std::span<const frame_detections> frames);

/// Scores one camera: average precision with the standard error of map50, bootstrapped over blocks with a
/// fixed seed (deterministic). Fewer than two blocks cannot tell: 0.5, the most it can be; NaN where map50
/// is.
camera_score score_camera(const camera_id& camera, std::span<const frame_detections> frames);

/// By how much average precision at IoU 0.5 differs between two models.
struct precision_change {
  /// In [-1, 1]; NaN when no frame has a counted object.
  double map50 = 0;
  /// Of the difference: both models are scored on the same resamples of the blocks, so that what is hard for both
  /// cancels out. Fewer than two blocks cannot tell: 0.5.
  double standard_error = 0;
};

/// What `after` has more than `before`. @pre the frames are the same, in the same order, but for what was seen
precision_change change_between(std::span<const frame_detections> before, std::span<const frame_detections> after);

/// Mean of `map50` over the scores that are defined; NaN when none is (decision 24: members count equally).
double mean_map50(std::span<const camera_score> scores);

} // namespace ecco
