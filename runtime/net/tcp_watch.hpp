// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/net and its tests: what Linux tells of a TCP connection (TCP_INFO), and its pace.

#include <cstdint>

#include "runtime/policy/rate_control.hpp"

namespace ecco {

/// Lets the kernel send at most so many bits a second (SO_MAX_PACING_RATE). TCP's own congestion control stays in
/// force below it.
void limit_pace(int socket, double bits_per_second);

/// Remembers the counters of one connection, which only grow, to tell what they grew by.
class tcp_watch {
 public:
  /// What was seen since the last call; the first begins from the connection's start. Empty when the kernel does not
  /// tell.
  link_observation observe(int socket);

 private:
  std::uint64_t acknowledged_ = 0, busy_us_ = 0;
  std::uint32_t sent_again_ = 0, sent_in_vain_ = 0, marked_ = 0;
};

} // namespace ecco
