// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/policy/drift_change.hpp"

namespace ecco {

/// The constants are those of `river` 0.26 (algorithms.md section 8).
struct kswin_options {
  /// A change is what chance would bring this rarely, 0..1.
  double alpha = 0.005;
  /// Values kept, and how many of the newest are compared with as many drawn from the others. `window` is at least
  /// twice `recent`.
  std::uint32_t window = 100, recent = 30;
  std::uint64_t seed = 1;
};

/// Kolmogorov-Smirnov windowing (Raab et al. 2020): the newest values against a draw from those before, by the exact
/// two-sample test; besides, their distributions must differ by more than 0.1. Equal to `river.drift.KSWIN` but for
/// which values it draws: `river` draws with Python's generator, we with our own, and the fixtures run `river` with
/// ours.
class kswin final : public change_detector {
 public:
  explicit kswin(kswin_options options = {}) : options_(options), random_(options.seed) {}

  change add(double value) override;
  double score() const override { return score_; }
  void reset() override;

  /// Of the last test; 1 before the first.
  double p_value() const { return p_value_; }

 private:
  /// `options.recent` of the values before the newest, without repetition.
  std::vector<double> draw_older();

  kswin_options options_;
  random_engine random_;
  std::deque<double> window_;
  double score_ = 0, p_value_ = 1;
  bool over_ = false;
};

/// Largest difference of the two empirical distributions, in steps of 1/n. Both hold n values and are sorted.
/// @pre a.size() == b.size()
std::uint32_t ks_steps(const std::vector<double>& a, const std::vector<double>& b);

/// Probability that two samples of `n` values of one distribution are at least `steps`/n apart: exact, by reflection
/// (Gnedenko and Korolyuk 1951). @pre n > 0
double ks_p_value(std::uint32_t n, std::uint32_t steps);

} // namespace ecco
