// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "actors/interfaces.hpp"

namespace ecco {

struct courier_state {
  static constexpr const char* name = "courier";

  /// A message on its way out. Bit 0 of a transfer's number tells calls from answers.
  struct outgoing {
    std::uint64_t transfer = 0;
    std::uint32_t crc = 0;
    bytes data;
    std::size_t sent = 0;
  };
  /// A message on its way in.
  struct incoming {
    std::uint64_t total = 0;
    std::uint32_t crc = 0;
    bytes data;
  };

  explicit courier_state(courier_actor::stateful_pointer<courier_state> selfptr) : self(selfptr) {}

  courier_actor::behavior_type make_behavior();

  void meet(const caf::strong_actor_ptr& peer_courier);
  /// Queues a message; chunks of all queued messages take turns, so that a small one never waits for a large one.
  void post(std::uint64_t transfer, const envelope& message);
  void pump();
  void lost(std::uint64_t transfer, const error& why);
  result<chunk_ack> take(const chunk& part);
  void arrived(std::uint64_t transfer, const bytes& data);
  void serve(std::uint64_t transfer, const envelope& call);
  /// Fails every call that is out, and quits.
  void end(const caf::error& why);

  courier_actor::stateful_pointer<courier_state> self;
  /// The local actor that the peer's messages are for; none when the peer has nothing to ask.
  caf::actor target;
  courier_actor peer;
  std::deque<outgoing> queue;
  std::size_t in_flight = 0;
  std::map<std::uint64_t, incoming> assembling;
  std::map<std::uint64_t, caf::typed_response_promise<parcel>> calls;
  std::uint64_t next_call = 0;
};

/// One end of a connection (design 7, "bulk in chunks"). Ends when its peer does, or when it is told to; then every
/// call that is out fails.
courier_actor::behavior_type courier(courier_actor::stateful_pointer<courier_state> self, caf::actor target);

} // namespace ecco
