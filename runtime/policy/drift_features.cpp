// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/drift_features.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ecco {

namespace {

/// Part of the mean variance that every feature is granted.
constexpr double granted = 0.01;
/// Part of the usual distance that it is granted to vary by: a calm start is no licence to alarm.
constexpr double least_noise = 0.1;

} // namespace

void feature_centre::add(std::span<const float> features) {
  mean_.resize(features.size());
  squares_.resize(features.size());
  ++frames_;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto off = features[i] - mean_[i];
    mean_[i] += off / frames_;
    squares_[i] += off * (features[i] - mean_[i]);
  }
}

double feature_centre::distance(std::span<const float> features) const {
  if (mean_.empty() || frames_ == 0)
    return 0;
  const auto count = static_cast<double>(mean_.size());
  const auto usual = std::accumulate(squares_.begin(), squares_.end(), 0.0) / frames_ / count;
  double sum = 0;
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const auto off = features[i] - mean_[i];
    const auto variance = std::max(squares_[i] / frames_, granted * usual);
    sum += off * off / std::max(variance, 1e-12);
  }
  return std::sqrt(sum / count);
}

void feature_test::add(std::span<const float> features) {
  if (features.empty() || features.size() > most_features
      || !std::all_of(features.begin(), features.end(), [](float x) { return std::isfinite(x); }))
    return;
  if (centre_.frames() > 0 && features.size() != centre_.size())
    reset();
  if (centre_.frames() < options_.reference)
    return centre_.add(features);
  const auto distance = centre_.distance(features);
  if (measured_ < options_.reference) {
    ++measured_;
    const auto off = distance - mean_;
    mean_ += off / measured_;
    squares_ += off * (distance - mean_);
    return;
  }
  const auto noise = std::max({std::sqrt(squares_ / measured_), least_noise * mean_, 1e-9});
  const auto rise = (distance - mean_) / noise - options_.delta;
  sum_ = std::max(0.0, sum_ + std::min(rise, options_.threshold / 10));
}

} // namespace ecco
