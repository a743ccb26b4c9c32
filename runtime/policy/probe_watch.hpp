// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

struct probe_options {
  /// A camera whose measured accuracy falls by this part of its baseline has drifted.
  double drop = 0.5;
  /// Below such a baseline there is nothing to lose.
  double least_baseline = 0.2;
  /// Readings in a row that must be that low: one is a coin toss on a dozen frames.
  std::uint32_t readings = 2;
};

/// Notices drift that the camera cannot: a student may be sure of what is not there (a street at dusk full of people
/// it invents), and only the teacher's labels on the camera's probes show it (decision 31). Pure; one call a reading.
class probe_watch {
 public:
  explicit probe_watch(probe_options options) : options_(options) {}

  /// @param accuracy mAP@0.5 of the deployed model on the newest held-out frames; NaN is passed over.
  /// @returns true from the alarm on, until the accuracy is back or `reset`.
  bool add(double accuracy);

  /// Mean accuracy while it was good.
  double baseline() const { return baseline_; }

  /// Begins a new baseline: the camera joined or left a group.
  void reset();

 private:
  probe_options options_;
  double baseline_ = 0;
  std::uint32_t low_ = 0;
};

} // namespace ecco
