// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "runtime/policy/drift_change.hpp"

namespace ecco {

/// The constants are those of `river` 0.26 (algorithms.md section 8).
struct page_hinkley_options {
  /// Values before anything can be a change.
  std::uint32_t least_values = 30;
  /// Deviation from the mean that is tolerated of each value.
  double delta = 0.005;
  /// Sum of deviations beyond it that is a change (lambda).
  double threshold = 50;
  /// What is left of the sum with each value (alpha).
  double forgetting = 0.9999;
};

/// The Page-Hinkley test, both ways: sums of deviations from the running mean, and how far they are from their extreme
/// (Page 1954). Equal to `river.drift.PageHinkley`.
class page_hinkley final : public change_detector {
 public:
  explicit page_hinkley(page_hinkley_options options = {}) : options_(options) {}

  change add(double value) override;
  double score() const override;
  void reset() override;

  /// The two statistics that are compared with the threshold.
  double fallen() const { return highest_ - down_; }
  double risen() const { return up_ - lowest_; }

 private:
  page_hinkley_options options_;
  double seen_ = 0, mean_ = 0;
  double up_ = 0, down_ = 0;
  double lowest_ = std::numeric_limits<double>::infinity(), highest_ = -1;
  bool over_ = false;
};

} // namespace ecco
