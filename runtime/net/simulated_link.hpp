// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "runtime/net/memory_link.hpp"
#include "runtime/net/simulated_network.hpp"

namespace ecco {

/// The network that the segments of a simulated link cross.
struct simulated_path {
  bottleneck_options shared;
  /// Each camera's way to the shared bottleneck: round trip, own link, and how fast it sends until it sets a pace.
  std::function<flow_options(const camera_id&)> way_of;
  /// The virtual time.
  std::function<duration()> clock;
  std::uint64_t seed = 1;
  /// As with TCP, what waits beyond this is dropped, the oldest first.
  std::size_t max_queued_bytes = 4u << 20;
};

/// A memory link on which sending takes time: segments leave at their sender's pace, share a simulated bottleneck
/// with those of the other cameras, and have arrived when as many bytes have as were sent up to their end. What is
/// lost is sent again. Time passes there whenever a sender is used.
std::unique_ptr<memory_link> make_simulated_link(simulated_path path);

} // namespace ecco
