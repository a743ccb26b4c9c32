// SPDX-License-Identifier: Apache-2.0
#include "runtime/net/bottleneck.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

std::size_t bottleneck::waiting_bytes(duration now) const {
  if (options_.bits_per_second <= 0 || free_at_ <= now)
    return 0;
  return static_cast<std::size_t>(seconds_of(free_at_ - now) * options_.bits_per_second / 8);
}

bottleneck::fate bottleneck::pass(duration now, std::uint32_t flow, std::size_t bytes) {
  if (flow >= doomed_.size())
    doomed_.resize(flow + 1);
  const auto waiting = waiting_bytes(now);
  const auto full = options_.bits_per_second > 0 && waiting + bytes > options_.queue_bytes;
  fate out;
  out.lost = is_lost(now, flow, full);
  out.marked = !out.lost && waiting > options_.mark_above;
  const auto begins = std::max(now, free_at_);
  const auto through = options_.bits_per_second > 0
                           ? duration{std::llround(8e9 * static_cast<double>(bytes) / options_.bits_per_second)}
                           : duration::zero();
  out.leaves = begins + through;
  if (!out.lost)
    free_at_ = out.leaves;
  return out;
}

bool bottleneck::is_lost(duration now, std::uint32_t flow, bool full) {
  if (options_.loss > 0 && uniform(random_) < options_.loss)
    return true;
  if (options_.when_full == overflow::drop_tail)
    return full;
  if (doomed_[flow]) {
    doomed_[flow] = false;
    return true;
  }
  if (to_lose_ > 0 && below(random_, to_come_--) < to_lose_) {
    --to_lose_;
    return true;
  }
  if (!full || now < calm_until_)
    return false;
  calm_until_ = now + options_.settle;
  if (options_.when_full == overflow::everybody) {
    doomed_.assign(doomed_.size(), true);
    return false;
  }
  to_lose_ = options_.when_full == overflow::burst ? options_.burst : 1;
  to_come_ = std::max(options_.among, to_lose_);
  return false;
}

} // namespace ecco
