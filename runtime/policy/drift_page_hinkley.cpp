// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/drift_page_hinkley.hpp"

#include <algorithm>

namespace ecco {

change page_hinkley::add(double value) {
  if (over_)
    reset();
  ++seen_;
  mean_ += (value - mean_) / seen_;
  const auto off = value - mean_;
  up_ = options_.forgetting * up_ + off - options_.delta;
  down_ = options_.forgetting * down_ + off + options_.delta;
  lowest_ = std::min(lowest_, up_);
  highest_ = std::max(highest_, down_);
  if (seen_ < options_.least_values)
    return change::none;
  const auto rose = risen() > options_.threshold, fell = fallen() > options_.threshold;
  over_ = rose || fell;
  if (!over_)
    return change::none;
  return fell ? change::fall : change::rise;
}

double page_hinkley::score() const {
  return seen_ < options_.least_values ? 0 : std::max(risen(), fallen()) / options_.threshold;
}

void page_hinkley::reset() {
  *this = page_hinkley{options_};
}

} // namespace ecco
