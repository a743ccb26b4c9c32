// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "runtime/net/media_link.hpp"
#include "runtime/net/socket.hpp"

namespace ecco::test {

/// Longer than anything here takes; a test that waits so long has failed.
inline constexpr std::chrono::seconds long_enough{20};

/// Segment `sequence` of `camera` with `stream_bytes` bytes of video and some frames with detections.
encoded_segment a_segment(const std::string& camera, std::uint64_t sequence, std::size_t stream_bytes = 100);

/// Keeps what arrives.
class inbox {
 public:
  segment_handler handler();

  /// Waits for `count` segments in all. @returns what is there then, or after `long_enough`.
  std::vector<encoded_segment> await(std::size_t count);

  std::size_t wire_bytes();

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<encoded_segment> segments_;
  std::size_t wire_bytes_ = 0;
};

/// Pumps until nothing waits. @returns the error that ended it, if one did.
std::optional<error> flush(media_sender& sender, std::uint64_t segments);

/// Pumps until the connection is gone.
bool gets_closed(media_sender& sender);

/// A stranger with a plain blocking socket.
class raw_peer {
 public:
  /// Connects to the port of this machine.
  explicit raw_peer(std::uint16_t port);
  /// Takes a connection that a `raw_listener` accepted.
  explicit raw_peer(unique_fd accepted);

  void say(std::span<const std::uint8_t> data);
  void stop_talking();

  /// Reads exactly so many bytes; fewer at the end of the stream.
  bytes hear(std::size_t count);

  /// Waits until the other side closes. @returns false when it speaks or `long_enough` passes.
  bool hears_the_end();

 private:
  unique_fd socket_;
};

/// A server that does nothing of itself.
class raw_listener {
 public:
  raw_listener();

  std::uint16_t port() const { return port_; }
  raw_peer accept();

 private:
  unique_fd socket_;
  std::uint16_t port_ = 0;
};

} // namespace ecco::test
