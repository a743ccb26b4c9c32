// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "config/rate_law.hpp"
#include "messages/ids.hpp"

namespace ecco {

struct rate_options {
  rate_law law = rate_law::corrected;
  /// Bits a second; 0 < floor <= ceiling. The rate never leaves them.
  double floor = 50e3, ceiling = 10e6;
  /// Where it begins, and stays under `fixed`.
  double start = 500e3;
  /// tau: how often a camera looks at its link.
  duration period = std::chrono::milliseconds{100};
  /// S, and the round trip that `corrected` counts with in place of the measured one: with a weight of 1 it adds
  /// packet_bits * period / reference^2 each period, 40 kb/s every 100 ms.
  double packet_bits = 1200 * 8;
  duration reference_round_trip = std::chrono::milliseconds{155};
  /// beta of `corrected`: the part of the rate that is kept on congestion, (0, 1). Its increase is scaled by
  /// 3 (1 - beta) / (1 + beta), so that it stays as aggressive as a Reno flow whatever beta is (the throughput of
  /// algorithms.md, section 5, for small p; there are no time-outs here). The other laws keep half. Measured on six
  /// cameras and 9 Mb/s: .5 leaves a sixth of the link unused and misses the shares by .024 where cameras are
  /// capped; .85 fills it, misses by .005, and is smoother for an encoder.
  double kept = 0.85;
  /// A queue that grows beyond this delay is congestion to `corrected`; 0 = only losses and marks are.
  duration queue_target = std::chrono::milliseconds{100};
  /// `corrected` does not grow beyond this multiple of what was delivered lately.
  double headroom = 1.25;
  /// The encoder gets this part of the rate, smoothed over this long.
  double encoder_share = 0.9;
  duration smoothing = std::chrono::seconds{1};
};

/// What a sender saw of its link since it last looked.
struct link_observation {
  /// The time for which something was under way or waited to be sent.
  duration busy{};
  /// Latest and least ever; 0 = not known.
  duration round_trip{}, least_round_trip{};
  /// Bytes that arrived.
  std::uint64_t delivered = 0;
  /// A packet was lost; one came through a queue that marks congestion (ECN-CE).
  bool lost = false, marked = false;

  friend bool operator==(const link_observation&, const link_observation&) = default;
};

/// A camera's sending rate: GAIMD in rate form (paper 3.2.2; Yang and Lam 2000; algorithms.md, section 5). Without
/// congestion the rate grows by `weight` times what one Reno flow adds; on congestion it falls to `kept` of itself,
/// once for all signs of one congestion: what is seen less than a round trip (at least a period) after a decrease
/// is an echo of the rate before it. It does not grow while the camera has too little to send.
class rate_control {
 public:
  explicit rate_control(const rate_options& options = {});

  /// The additive increase, in those of a Reno flow. Under `paper` it is p_j / n_j. Refused, and nothing changed,
  /// unless finite and positive.
  bool set_weight(double weight);

  /// Begins at `now` with a new link: the rate stays, what was known of the old link is forgotten.
  void connect(duration now);

  /// True when a period has passed since the last look.
  bool is_due(duration now) const;

  /// Takes in what was seen since the last call, or since `connect`. Values that cannot be (negative times) count
  /// as not known.
  void observe(const link_observation& seen, duration now);

  /// Bits a second to send at.
  double rate() const { return rate_; }
  /// Bits a second for the encoder.
  double encoder_target() const { return encoder_target_; }
  double weight() const { return weight_; }
  const rate_options& options() const { return options_; }

 private:
  /// Of a look that `began` then.
  bool is_congested(const link_observation& seen, duration began);
  bool may_grow(const link_observation& seen, duration over);
  double kept() const;
  double increase(const link_observation& seen, duration over) const;
  void smooth(duration over);

  struct delivery {
    duration at{};
    double bits_per_second = 0;
  };

  rate_options options_;
  double weight_ = 1, rate_, encoder_target_;
  duration looked_{}, echo_ends_ = duration::min(), last_queue_delay_{};
  /// What was delivered in the busy periods of the last seconds, largest first: only those that no newer one beats.
  std::deque<delivery> delivered_;
};

} // namespace ecco
