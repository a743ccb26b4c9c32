// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "messages/error.hpp"
#include "messages/segment.hpp"
#include "runtime/policy/rate_control.hpp"

namespace ecco {

/// The camera's end of the media link. Never blocks: what the link cannot take waits in a bounded queue;
/// when the queue is full the oldest waiting segment is dropped and counted.
class media_sender {
 public:
  virtual ~media_sender() = default;

  /// Queues a segment and sends what fits now.
  /// @returns `unreachable` once the connection is gone; open a new sender then.
  virtual result<void> send(const encoded_segment& segment) = 0;

  /// Sends what fits now; call it often (every picture will do).
  virtual result<void> pump() = 0;

  /// From now on sends at most so many bits a second, > 0; what that leaves behind waits.
  virtual void pace(double bits_per_second) = 0;

  /// What was seen of the network since the last call; empty where it cannot be seen.
  virtual link_observation observe() = 0;

  struct counters {
    std::uint64_t bytes_sent = 0, segments_sent = 0, segments_dropped = 0;
  };
  virtual counters sent() const = 0;
};

/// Where a segment arrives, and how many bytes it took on the wire. Called from the receiver's own thread,
/// never after `dismiss` has returned. It must be quick (all cameras wait for it) and must not call the
/// receiver.
using segment_handler = std::function<void(encoded_segment segment, std::size_t wire_bytes)>;

/// The server's end: one port for all cameras.
class media_receiver {
 public:
  virtual ~media_receiver() = default;

  virtual std::uint16_t port() const = 0;

  /// Lets the holder of `token` send the segments of `camera`. Replaces an earlier admission of that camera
  /// and closes its connection. Of two connections with one token the newer counts.
  /// @pre no two cameras have the same token
  virtual void admit(const camera_id& camera, std::uint64_t token, segment_handler handler) = 0;

  /// Closes the camera's connection and forgets its token.
  virtual void dismiss(const camera_id& camera) = 0;
};

struct receiver_options {
  /// Loopback only until TLS is configured; anything else is refused (design 8).
  std::string host = "127.0.0.1";
  /// 0 takes any free port.
  std::uint16_t port = 0;
  /// A peer that announces a longer message is closed.
  std::size_t max_segment_bytes = 8u << 20;
  std::size_t max_connections = 256;
};

/// Listens and serves from one thread of its own until destroyed.
result<std::unique_ptr<media_receiver>> listen_for_media(const receiver_options& options);

/// Connects (at most `patience`) and presents the token. Loopback only, like the receiver: neither tokens nor
/// pictures leave the machine in clear.
result<std::unique_ptr<media_sender>> connect_media(const std::string& host, std::uint16_t port,
                                                    std::uint64_t token, duration patience,
                                                    std::size_t max_queued_bytes = 4u << 20);

} // namespace ecco
