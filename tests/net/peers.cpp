// SPDX-License-Identifier: Apache-2.0
#include "tests/net/peers.hpp"

#include <cerrno>
#include <stdexcept>
#include <thread>

#include <netinet/in.h>
#include <sys/time.h>

namespace ecco::test {

namespace {

unique_fd a_blocking_socket() {
  unique_fd made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!made)
    throw std::runtime_error{os_error(errno)};
  return made;
}

} // namespace

encoded_segment a_segment(const std::string& camera, std::uint64_t sequence, std::size_t stream_bytes) {
  encoded_segment segment;
  segment.camera = camera_id{camera};
  segment.sequence = sequence;
  segment.source = incarnation{77};
  segment.role = sequence % 3 == 0 ? sample_role::held_out : sample_role::train;
  segment.codec = "h264";
  segment.width = 256;
  segment.height = 192;
  for (int i = 0; i < 3; ++i)
    segment.frames.push_back({std::chrono::milliseconds{200 * i}, {{{.1f, .2f, .3f, .4f}, 1, .5f}}, 9});
  bytes stream(stream_bytes);
  for (std::size_t i = 0; i < stream_bytes; ++i)
    stream[i] = static_cast<std::uint8_t>(i * 31 + sequence);
  segment.stream = blob{std::move(stream)};
  return segment;
}

segment_handler inbox::handler() {
  return [this](encoded_segment segment, std::size_t wire_bytes) {
    const std::lock_guard lock{mutex_};
    segments_.push_back(std::move(segment));
    wire_bytes_ += wire_bytes;
    arrived_.notify_all();
  };
}

std::vector<encoded_segment> inbox::await(std::size_t count) {
  std::unique_lock lock{mutex_};
  arrived_.wait_for(lock, long_enough, [&] { return segments_.size() >= count; });
  return segments_;
}

std::size_t inbox::wire_bytes() {
  const std::lock_guard lock{mutex_};
  return wire_bytes_;
}

std::optional<error> flush(media_sender& sender, std::uint64_t segments) {
  const auto until = std::chrono::steady_clock::now() + long_enough;
  while (sender.sent().segments_sent < segments && std::chrono::steady_clock::now() < until) {
    if (auto pumped = sender.pump(); !pumped)
      return pumped.error();
    std::this_thread::yield();
  }
  return std::nullopt;
}

bool gets_closed(media_sender& sender) {
  const auto failure = flush(sender, ~std::uint64_t{0});
  return failure && failure->code == ec::unreachable;
}

raw_peer::raw_peer(std::uint16_t port) : raw_peer(a_blocking_socket()) {
  const auto address = loopback_address("127.0.0.1", port).value();
  if (::connect(socket_.get(), address.get(), address.size) != 0)
    throw std::runtime_error{os_error(errno)};
}

raw_peer::raw_peer(unique_fd accepted) : socket_(std::move(accepted)) {
  const timeval patience{long_enough.count(), 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

void raw_peer::say(std::span<const std::uint8_t> data) {
  // The other side may have closed already: that is what some tests are about.
  static_cast<void>(::send(socket_.get(), data.data(), data.size(), MSG_NOSIGNAL));
}

void raw_peer::stop_talking() {
  ::shutdown(socket_.get(), SHUT_WR);
}

bytes raw_peer::hear(std::size_t count) {
  bytes heard(count);
  const auto size = ::recv(socket_.get(), heard.data(), count, MSG_WAITALL);
  heard.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return heard;
}

bool raw_peer::hears_the_end() {
  std::uint8_t byte = 0;
  const auto size = ::recv(socket_.get(), &byte, 1, 0);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

raw_listener::raw_listener() : socket_(a_blocking_socket()) {
  auto address = loopback_address("127.0.0.1", 0).value();
  if (::bind(socket_.get(), address.get(), address.size) != 0 || ::listen(socket_.get(), 1) != 0)
    throw std::runtime_error{os_error(errno)};
  ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  port_ = ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

raw_peer raw_listener::accept() {
  return raw_peer{unique_fd{::accept(socket_.get(), nullptr, nullptr)}};
}

} // namespace ecco::test
