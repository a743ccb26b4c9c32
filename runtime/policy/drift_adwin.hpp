// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/policy/drift_change.hpp"

namespace ecco {

/// The constants are those of `river` 0.26 (algorithms.md section 8).
struct adwin_options {
  /// Significance: how likely a cut without a change may be.
  double delta = 0.002;
  /// Values between two tests.
  std::uint32_t clock = 32;
  /// Buckets kept of each size before two become one of the next.
  std::uint32_t most_buckets = 5;
  /// Values on each side of a cut.
  std::uint32_t least_side = 5;
  /// Values before the first test.
  std::uint32_t grace = 10;
};

/// Adaptive windowing, ADWIN2: a window over the newest values, held as buckets of 1, 2, 4, ... values, that loses its
/// oldest as long as some cut parts it into sides whose means differ by more than Bernstein's bound (Bifet and Gavalda
/// 2007). Equal to `river.drift.ADWIN`. Memory and time of a value grow with the logarithm of the window.
class adwin final : public change_detector {
 public:
  explicit adwin(adwin_options options = {}) : options_(options) {}

  change add(double value) override;
  double score() const override { return score_; }
  void reset() override;

  /// Of the window: number of values, their sum, and their summed squared distance from the mean.
  double width() const { return width_; }
  double total() const { return total_; }
  double spread() const { return spread_; }

 private:
  struct bucket {
    double total = 0, spread = 0;
  };

  void insert(double value);
  /// Two oldest buckets of a full row become one of the next.
  void compress();
  void drop_oldest();
  /// The first cut from the old end whose sides differ too much.
  change find_cut();
  /// Difference of the means over what chance explains.
  double excess(double old_count, double new_count, double difference) const;

  adwin_options options_;
  /// Row i holds buckets of 2^i values, the oldest first; the last row holds the oldest.
  std::vector<std::deque<bucket>> rows_{1};
  double width_ = 0, total_ = 0, spread_ = 0;
  std::uint64_t ticks_ = 0;
  double score_ = 0;
  bool over_ = false;
};

} // namespace ecco
