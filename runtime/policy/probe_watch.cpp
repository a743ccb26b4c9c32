// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/probe_watch.hpp"

#include <cmath>

namespace ecco {

namespace {

/// Weight of a new reading in the baseline: it follows the scene within some ten readings.
constexpr double smoothing = 0.2;

} // namespace

bool probe_watch::add(double accuracy) {
  if (!std::isfinite(accuracy))
    return low_ >= options_.readings;
  const auto fell = baseline_ >= options_.least_baseline && accuracy < (1 - options_.drop) * baseline_;
  if (fell) {
    ++low_;
  } else {
    low_ = 0;
    baseline_ = baseline_ == 0 ? accuracy : baseline_ + smoothing * (accuracy - baseline_);
  }
  return low_ >= options_.readings;
}

void probe_watch::reset() {
  baseline_ = 0;
  low_ = 0;
}

} // namespace ecco
