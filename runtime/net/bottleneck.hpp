// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "messages/ids.hpp"
#include "runtime/base/random.hpp"

namespace ecco {

/// Whom a full queue hits. Only `drop_tail` is what routers do; the others are the textbook's ideal cases, in which
/// one overflow costs so much and, for `settle`, no more.
enum class overflow : std::uint8_t {
  /// Every packet that finds no room.
  drop_tail,
  /// Every flow loses its next packet: losses in step.
  everybody,
  /// One of the next packets, drawn at random.
  one_victim,
  /// `burst` of the next packets, drawn at random.
  burst,
};

struct bottleneck_options {
  /// 0 = no limit: nothing waits, and nothing is lost for want of room.
  double bits_per_second = 0;
  std::size_t queue_bytes = std::numeric_limits<std::size_t>::max();
  /// A packet that finds more than this waiting is marked (ECN-CE).
  std::size_t mark_above = std::numeric_limits<std::size_t>::max();
  /// Probability that a packet is lost whatever the queue, [0, 1].
  double loss = 0;
  overflow when_full = overflow::drop_tail;
  std::uint32_t burst = 8;
  /// How many next packets the ideal cases draw from: enough to have some of every flow.
  std::uint32_t among = 64;
  duration settle{};
};

/// A link with a queue in front of it, packet by packet, in virtual time. First in, first out, so a packet's
/// departure is known when it comes: nothing has to happen in between, which makes it fast. The same seed and the
/// same packets give the same fates.
class bottleneck {
 public:
  bottleneck(const bottleneck_options& options, std::uint64_t seed) : options_(options), random_(seed) {}

  struct fate {
    bool lost = false, marked = false;
    /// When its last bit is through; for a lost packet, when it would have been.
    duration leaves{};
  };

  /// A packet of flow `flow` comes at `now`.
  /// @pre `now` is no less than in any earlier call; flows are numbered from 0
  fate pass(duration now, std::uint32_t flow, std::size_t bytes);

  /// What waits at `now`, the packet on the link included.
  std::size_t waiting_bytes(duration now) const;

 private:
  bool is_lost(duration now, std::uint32_t flow, bool full);

  bottleneck_options options_;
  random_engine random_;
  duration free_at_{};
  duration calm_until_ = duration::min();
  /// Still to be lost, of so many next packets.
  std::uint32_t to_lose_ = 0, to_come_ = 0;
  /// Flows that lose their next packet.
  std::vector<bool> doomed_;
};

} // namespace ecco
