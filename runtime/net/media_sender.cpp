// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <chrono>
#include <deque>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include "messages/codec.hpp"
#include "runtime/net/media_link.hpp"
#include "runtime/net/socket.hpp"
#include "runtime/net/tcp_watch.hpp"
#include "runtime/net/wire.hpp"

namespace ecco {
namespace {

/// What the kernel may hold unsent. More would only age there, out of reach of drop-oldest.
constexpr int max_unsent_in_kernel = 64 << 10;

class tcp_sender : public media_sender {
 public:
  tcp_sender(unique_fd connection, std::string peer, bytes hello, std::size_t max_queued_bytes)
      : connection_(std::move(connection)), peer_(std::move(peer)), max_queued_(max_queued_bytes) {
    queued_ = hello.size();
    queue_.push_back({std::move(hello), false});
  }

  result<void> send(const encoded_segment& segment) override;
  result<void> pump() override;
  void pace(double bits_per_second) override { limit_pace(connection_.get(), bits_per_second); }
  link_observation observe() override { return watch_.observe(connection_.get()); }
  counters sent() const override { return counters_; }

 private:
  struct message {
    bytes data;
    bool is_segment = true;
  };

  bool make_room(std::size_t size);
  void forget_front();
  bool peer_has_closed() const;
  tl::unexpected<error> gone();

  unique_fd connection_;
  std::string peer_;
  std::size_t max_queued_;
  std::deque<message> queue_;
  /// Bytes in the queue, without the `front_sent_` first ones of its front, which are gone.
  std::size_t queued_ = 0, front_sent_ = 0;
  counters counters_;
  tcp_watch watch_;
};

result<void> tcp_sender::send(const encoded_segment& segment) {
  if (auto pumped = pump(); !pumped)
    return pumped;
  auto frame = wire::make_frame(encode(segment));
  if (frame.size() > max_queued_)
    return fail(ec::invalid_argument,
                "media link: segment " + std::to_string(segment.sequence) + " takes "
                    + std::to_string(frame.size()) + " bytes, the queue " + std::to_string(max_queued_),
                "lower the bit rate or the segment's length");
  if (!make_room(frame.size())) {
    ++counters_.segments_dropped;
    return {};
  }
  queued_ += frame.size();
  queue_.push_back({std::move(frame), true});
  return pump();
}

/// Drops waiting segments, the oldest first, until `size` more bytes fit. What is partly sent must go on, and
/// so must the hello. @returns false when these alone leave too little room.
bool tcp_sender::make_room(std::size_t size) {
  auto oldest = queue_.begin();
  if (oldest != queue_.end() && (front_sent_ > 0 || !oldest->is_segment))
    ++oldest;
  while (queued_ + size > max_queued_ && oldest != queue_.end()) {
    queued_ -= oldest->data.size();
    oldest = queue_.erase(oldest);
    ++counters_.segments_dropped;
  }
  return queued_ + size <= max_queued_;
}

result<void> tcp_sender::pump() {
  if (!connection_ || peer_has_closed())
    return gone();
  while (!queue_.empty()) {
    const auto& front = queue_.front().data;
    const auto sent =
        ::send(connection_.get(), front.data() + front_sent_, front.size() - front_sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return {};
    if (sent < 0)
      return gone();
    const auto count = static_cast<std::size_t>(sent);
    counters_.bytes_sent += count;
    queued_ -= count;
    front_sent_ += count;
    if (front_sent_ == front.size())
      forget_front();
  }
  return {};
}

void tcp_sender::forget_front() {
  counters_.segments_sent += queue_.front().is_segment ? 1 : 0;
  queue_.pop_front();
  front_sent_ = 0;
}

bool tcp_sender::peer_has_closed() const {
  // The server never speaks: whatever can be read is the end, or breaks the protocol.
  std::uint8_t byte;
  const auto received = ::recv(connection_.get(), &byte, 1, MSG_DONTWAIT);
  return received >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

tl::unexpected<error> tcp_sender::gone() {
  connection_ = unique_fd{};
  for (const auto& lost : queue_)
    counters_.segments_dropped += lost.is_segment ? 1 : 0;
  queue_.clear();
  queued_ = front_sent_ = 0;
  return fail(ec::unreachable, "media link: " + peer_ + " has closed the connection", "connect again");
}

/// Waits for the connection that `connect` has begun.
result<void> await_connection(int fd, const std::string& peer, duration patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  pollfd event{fd, POLLOUT, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int ready = left.count() > 0 ? ::poll(&event, 1, static_cast<int>(left.count())) : 0;
    if (ready > 0)
      break;
    if (ready == 0)
      return fail(ec::timed_out, "media link: " + peer + " does not answer", "is the server running?");
    if (errno != EINTR)
      return fail(ec::io_failed, "media link: " + peer + ": " + os_error(errno));
  }
  int outcome = 0;
  socklen_t size = sizeof outcome;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &outcome, &size) != 0 || outcome != 0)
    return fail(ec::unreachable, "media link: " + peer + ": " + os_error(outcome), "is the server running?");
  return {};
}

} // namespace

result<std::unique_ptr<media_sender>> connect_media(const std::string& host, std::uint16_t port,
                                                    std::uint64_t token, duration patience,
                                                    std::size_t max_queued_bytes) {
  const auto peer = host + ":" + std::to_string(port);
  const auto address = loopback_address(host, port);
  if (!address)
    return tl::unexpected{address.error()};
  auto connection = make_tcp_socket(*address);
  if (!connection)
    return tl::unexpected{std::move(connection.error())};

  const int fd = connection->get(), yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_unsent_in_kernel, sizeof max_unsent_in_kernel);
  if (::connect(fd, address->get(), address->size) != 0) {
    if (errno != EINPROGRESS)
      return fail(ec::unreachable, "media link: " + peer + ": " + os_error(errno), "is the server running?");
    if (auto connected = await_connection(fd, peer, patience); !connected)
      return tl::unexpected{std::move(connected.error())};
  }
  auto sender =
      std::make_unique<tcp_sender>(std::move(*connection), peer, wire::make_hello(token), max_queued_bytes);
  if (auto greeted = sender->pump(); !greeted)
    return tl::unexpected{std::move(greeted.error())};
  return sender;
}

} // namespace ecco
