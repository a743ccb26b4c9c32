// SPDX-License-Identifier: Apache-2.0
#include "runtime/net/tcp_watch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

// Not netinet/tcp.h: its tcp_info ends where the counters needed here begin.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace ecco {

void limit_pace(int socket, double bits_per_second) {
  const auto bytes_per_second = static_cast<std::uint64_t>(std::llround(std::clamp(bits_per_second / 8, 1e3, 1e12)));
  ::setsockopt(socket, SOL_SOCKET, SO_MAX_PACING_RATE, &bytes_per_second, sizeof bytes_per_second);
}

link_observation tcp_watch::observe(int socket) {
  // An older kernel fills less; the rest stays zero, and so unknown.
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return {};
  const auto grown = [](auto& last, auto now) { return now - std::exchange(last, now); };
  link_observation out;
  out.busy = std::chrono::microseconds{grown(busy_us_, std::uint64_t{info.tcpi_busy_time})};
  out.round_trip = std::chrono::microseconds{info.tcpi_rtt};
  // Before the first sample it is the largest number there is.
  if (info.tcpi_min_rtt != ~0u)
    out.least_round_trip = std::chrono::microseconds{info.tcpi_min_rtt};
  out.delivered = grown(acknowledged_, std::uint64_t{info.tcpi_bytes_acked});
  // What the receiver had already was no loss: a probe of the tail, or an acknowledgement that came late.
  const auto again = grown(sent_again_, info.tcpi_total_retrans);
  const auto in_vain = grown(sent_in_vain_, info.tcpi_dsack_dups);
  out.lost = again > in_vain;
  out.marked = grown(marked_, info.tcpi_delivered_ce) > 0;
  return out;
}

} // namespace ecco
