// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/drift.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

/// A detection that a person would be shown.
constexpr float least_score = 0.25f;
/// Relative noise of confidence that every camera is granted.
constexpr double usual_noise = 0.2;
constexpr double greatest_step = 0.05;
/// Frames that the baseline of the count looks back.
constexpr double count_memory = 50;

} // namespace

drift_observation observe(std::span<const detection> seen) {
  drift_observation result;
  for (const auto& d : seen) {
    if (!(d.score >= least_score))
      continue;
    result.confidence += d.score;
    ++result.count;
  }
  if (result.count > 0)
    result.confidence /= result.count;
  return result;
}

drift_test::drift_test(drift_options options) : options_(options) {}

bool drift_test::add(const drift_observation& seen) {
  if (alarmed_)
    return false;
  take(seen);
  alarmed_ = score() >= 1;
  return alarmed_;
}

void drift_test::take(const drift_observation& seen) {
  if (!std::isfinite(seen.confidence) || !std::isfinite(seen.count))
    return;
  if (seen.count > 0)
    add_confidence(seen.confidence);
  add_count(seen.count);
}

double drift_test::score() const {
  return std::min(1.0, std::max(confidence_score(), count_score()));
}

void drift_test::reset() {
  *this = drift_test{options_};
}

void drift_test::add_confidence(double confidence) {
  auto& m = confidence_;
  if (m.seen >= options_.warm_up) {
    auto noise = std::sqrt(m.variance) / m.mean;
    auto fall = (1 - confidence / m.mean) / std::max(1.0, noise / usual_noise);
    m.sum = std::max(0.0, m.sum + std::min(fall - options_.confidence_delta, greatest_step));
  }
  ++m.seen;
  auto off = confidence - m.mean;
  m.mean += off / m.seen;
  m.variance += (off * (confidence - m.mean) - m.variance) / m.seen;
}

void drift_test::add_count(double count) {
  auto& m = count_;
  if (m.seen >= options_.warm_up) {
    // Against at least one: a scene that is mostly empty does not alarm by being empty.
    auto fall = (m.mean - count) / std::max(m.mean, 1.0);
    m.sum = std::max(0.0, m.sum + fall - options_.count_delta);
  }
  ++m.seen;
  m.mean += (count - m.mean) / std::min(m.seen, count_memory);
}

} // namespace ecco
