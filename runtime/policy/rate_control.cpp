// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/rate_control.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

/// Longer without a look, time counts as no more than this: a camera that was suspended does not leap.
constexpr duration longest_look = std::chrono::seconds{1};
/// Deliveries older than this say nothing of the link any more; long enough for a segment of 1 s and the pause
/// before the next.
constexpr duration delivery_memory = std::chrono::seconds{3};
/// A period that was busy for less is the camera's own limit, not the link's.
constexpr double least_busy = 0.5;
/// Only a period this busy tells what the link can deliver.
constexpr double all_busy = 0.9;
/// Shorter round trips (loopback) are counted as this.
constexpr duration least_round_trip = std::chrono::milliseconds{1};

double share_of(duration part, duration whole) {
  return whole > duration::zero() ? seconds_of(part) / seconds_of(whole) : 0;
}

} // namespace

rate_control::rate_control(const rate_options& options)
    : options_(options), rate_(std::clamp(options.start, options.floor, options.ceiling)),
      encoder_target_(rate_ * options.encoder_share) {
  if (options_.law == rate_law::fixed)
    encoder_target_ = rate_;
}

bool rate_control::set_weight(double weight) {
  if (!(weight > 0) || !std::isfinite(weight))
    return false;
  weight_ = weight;
  return true;
}

void rate_control::connect(duration now) {
  looked_ = now;
  echo_ends_ = duration::min();
  last_queue_delay_ = {};
  delivered_.clear();
}

bool rate_control::is_due(duration now) const {
  return options_.law != rate_law::fixed && now - looked_ >= options_.period;
}

void rate_control::observe(const link_observation& seen, duration now) {
  const auto began = looked_;
  const auto over = std::min(now - began, longest_look);
  if (options_.law == rate_law::fixed || over <= duration::zero())
    return;
  looked_ = now;
  const auto grows = may_grow(seen, over);
  if (is_congested(seen, began)) {
    rate_ *= kept();
    echo_ends_ = now + std::max(options_.period, seen.round_trip);
  } else if (grows && !seen.lost && !seen.marked) {
    rate_ += increase(seen, over);
  }
  rate_ = std::clamp(rate_, options_.floor, options_.ceiling);
  smooth(over);
}

double rate_control::kept() const {
  return options_.law == rate_law::corrected ? options_.kept : 0.5;
}

bool rate_control::is_congested(const link_observation& seen, duration began) {
  const auto known = seen.round_trip > duration::zero() && seen.least_round_trip > duration::zero();
  const auto queue_delay = known ? seen.round_trip - seen.least_round_trip : duration::zero();
  // A queue that shrinks has been answered already.
  const auto queue_grows = queue_delay >= last_queue_delay_;
  last_queue_delay_ = queue_delay;
  if (began < echo_ends_)
    return false;
  if (seen.lost || seen.marked)
    return true;
  return options_.law == rate_law::corrected && options_.queue_target > duration::zero()
         && queue_delay > options_.queue_target && queue_grows;
}

bool rate_control::may_grow(const link_observation& seen, duration over) {
  const auto busy = share_of(seen.busy, over);
  if (busy >= all_busy) {
    const delivery latest{looked_, 8 * static_cast<double>(seen.delivered) / seconds_of(over)};
    while (!delivered_.empty() && delivered_.back().bits_per_second <= latest.bits_per_second)
      delivered_.pop_back();
    delivered_.push_back(latest);
  }
  while (!delivered_.empty() && delivered_.front().at < looked_ - delivery_memory)
    delivered_.pop_front();
  if (busy < least_busy)
    return false;
  return options_.law != rate_law::corrected || delivered_.empty()
         || rate_ <= options_.headroom * delivered_.front().bits_per_second;
}

double rate_control::increase(const link_observation& seen, duration over) const {
  // One packet a round trip, in bits a second for every second.
  const auto round_trip = options_.law == rate_law::corrected || seen.round_trip <= duration::zero()
                              ? options_.reference_round_trip
                              : std::max(seen.round_trip, least_round_trip);
  const auto seconds = seconds_of(round_trip);
  const auto friendly = 3 * (1 - kept()) / (1 + kept());
  return friendly * weight_ * options_.packet_bits / (seconds * seconds) * seconds_of(over);
}

void rate_control::smooth(duration over) {
  const auto part = 1 - std::exp(-seconds_of(over) / seconds_of(options_.smoothing));
  encoder_target_ += part * (options_.encoder_share * rate_ - encoder_target_);
  encoder_target_ = std::min(encoder_target_, options_.ceiling);
}

} // namespace ecco
