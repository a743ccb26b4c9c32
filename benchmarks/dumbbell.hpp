// SPDX-License-Identifier: Apache-2.0
#pragma once

// Standard C++17: ns-3's headers are not C++20.

#include <chrono>
#include <cstdint>
#include <vector>

namespace ecco::bench {

using nanoseconds = std::chrono::nanoseconds;

/// GAIMD flows (beta .5) that share one link, each with its own round trip: told to ecco's packets and to ns-3 alike.
struct dumbbell {
  const char* name;
  std::vector<double> alphas;
  /// Propagation only; repeated when there are fewer than flows.
  std::vector<nanoseconds> round_trips;
  double bits_per_second = 8e6;
  /// Room in front of the link, in packets of 1200 bytes.
  std::uint32_t queue_packets = 50;
  /// Probability that a packet is lost, whatever the queue.
  double loss = 0;
};

struct course {
  /// Each flow's part of what arrived.
  std::vector<double> shares;
  std::uint64_t packets = 0;
  /// Of the processor, for the whole of it.
  double seconds = 0;
};

/// The same in ns-3, with its own TCP (new Reno, SACK, time-outs) and a GAIMD window of ours. `warm_up` is not counted.
course run_in_ns3(const dumbbell& what, nanoseconds warm_up, nanoseconds length, std::uint64_t seed);

} // namespace ecco::bench
