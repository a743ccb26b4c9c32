// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "messages/detection.hpp"

namespace ecco {

/// What the drift test sees of one frame.
struct drift_observation {
  /// Mean score of the (at most) three best detections; 0 without any.
  double confidence = 0;
  /// Detections scored at least 0.25.
  double count = 0;
};

drift_observation observe(std::span<const detection> seen);

struct drift_options {
  /// Observations that form the baseline after a reset, before anything can alarm.
  std::uint32_t warm_up = 30;
  /// Page-Hinkley on standardised values: deviation that is tolerated, and the sum that alarms.
  double delta = 0.5, threshold = 20;
};

/// Notices that a student's detections changed for the worse: Page-Hinkley, downwards, on the confidence and on
/// the count of each frame, each standardised by its baseline. Pure; one call a frame.
class drift_test {
 public:
  explicit drift_test(drift_options options);

  /// @returns true once when the alarm goes off; then it is silent until `reset`.
  bool add(const drift_observation& seen);

  /// How close to an alarm: 0 calm, 1 alarm.
  double score() const;

  /// Begins a new baseline: after a new model.
  void reset();

 private:
  drift_options options_;
  std::uint32_t seen_ = 0;
  double score_ = 0;
  bool alarmed_ = false;
};

} // namespace ecco
