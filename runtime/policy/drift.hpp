// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "messages/detection.hpp"

namespace ecco {

/// What the drift test sees of one frame: its detections scored at least 0.25.
struct drift_observation {
  /// Their mean score; 0 without any.
  double confidence = 0;
  double count = 0;
  /// The network's pooled features; empty when nobody looks at them.
  std::vector<float> features{};
};

drift_observation observe(std::span<const detection> seen);

/// Falls are relative: 0.5 is half of what is usual. A fall beyond its delta adds to a sum, a lesser one
/// takes from it, and a sum at its threshold alarms.
struct drift_options {
  /// Observations that form the baseline after a reset, before anything can alarm.
  std::uint32_t warm_up = 30;
  double confidence_delta = 0.25, confidence_threshold = 1.75;
  double count_delta = 0.5, count_threshold = 4.5;
};

/// Notices that a student's detections changed for the worse: Page-Hinkley, downwards, on the confidence and
/// on the count of each frame. Made for about five frames a second of a scene whose noise lasts a second or
/// two, which would fool the textbook form:
/// - The scale of confidence has a floor, a fifth of the baseline: a calm start is no licence to alarm. A
///   camera noisier than that is measured by its own noise.
/// - One frame adds at most 0.05 to the sum of confidence: only a fall that lasts 35 frames alarms.
/// - People come and go: the baseline of the count follows the last 50 frames, that of confidence is the mean
///   since the reset.
///
/// Simulated on 4,000 scenes of 2 to 10 people with autoregressive confidence (sd 0.1 around 0.55, memory
/// 1-2 s): 0.3 % alarm falsely in five minutes; within ten seconds 98.9 % notice halved confidences and
/// 99.1 % the loss of 85 % of the detections. Harder, on 2,000 scenes where each person brings a confidence
/// of their own (0.3 to 0.8): 11 % alarm falsely in five minutes, 95 % notice halving in ten seconds.
///
/// Pure; one call a frame.
class drift_test {
 public:
  explicit drift_test(drift_options options);

  /// @returns true once when the alarm goes off; then it is silent until `reset`. Values that are not finite
  ///          are passed over.
  bool add(const drift_observation& seen);

  /// Takes an observation in, whether or not the alarm went off; for who decides by the scores.
  void take(const drift_observation& seen);

  /// How close to an alarm: 0 calm, 1 alarm.
  double score() const;
  /// The same of each sum alone; may exceed 1.
  double confidence_score() const { return confidence_.sum / options_.confidence_threshold; }
  double count_score() const { return count_.sum / options_.count_threshold; }

  /// Begins a new baseline: after a new model.
  void reset();

 private:
  void add_confidence(double confidence);
  void add_count(double count);

  /// A baseline, and the sum of the falls below it.
  struct monitor {
    double seen = 0;
    double mean = 0, variance = 0;
    double sum = 0;
  };

  drift_options options_;
  monitor confidence_, count_;
  bool alarmed_ = false;
};

} // namespace ecco
