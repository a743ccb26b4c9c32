// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "messages/codec.hpp"
#include "runtime/net/media_link.hpp"
#include "runtime/net/socket.hpp"
#include "runtime/net/wire.hpp"

namespace ecco {
namespace {

using clock = std::chrono::steady_clock;

/// A connection that has not said hello by then is closed.
constexpr std::chrono::seconds hello_patience{3};
/// Pause in accepting when the system has no descriptors or memory left.
constexpr std::chrono::milliseconds accept_pause{200};
/// What one connection may bring before the others have their turn, bytes.
constexpr std::size_t max_bytes_a_turn = 512 << 10;

/// Names what epoll reports on. A number is never used again, unlike a file descriptor.
using source_id = std::uint64_t;
constexpr source_id stop_source = 0, listen_source = 1, first_connection = 2;

// Note [One mutex]
// The thread holds `mutex_` from the return of epoll_wait until it waits again; `admit` and `dismiss` hold it
// too. So a connection can be closed from any thread without handing over work, no handler runs once
// `dismiss` has returned, and the worst a caller waits for is one turn of the connections that are ready.
class tcp_receiver : public media_receiver {
 public:
  tcp_receiver(const receiver_options& options, std::uint16_t port, unique_fd listener, unique_fd poller,
               unique_fd stopper)
      : options_(options), port_(port), listener_(std::move(listener)), poller_(std::move(poller)),
        stopper_(std::move(stopper)), thread_([this] { run(); }) {}

  ~tcp_receiver() override {
    const std::uint64_t once = 1;
    // An eventfd takes 8 bytes always, unless its count overflows.
    static_cast<void>(!::write(stopper_.get(), &once, sizeof once));
    thread_.join();
  }

  std::uint16_t port() const override { return port_; }
  void admit(const camera_id& camera, std::uint64_t token, segment_handler handler) override;
  void dismiss(const camera_id& camera) override;

 private:
  struct admission {
    std::uint64_t token = 0;
    segment_handler handler;
    /// The camera's connection, if it has one.
    std::optional<source_id> connection;
  };
  using admissions = std::map<camera_id, admission>;

  struct connection {
    unique_fd socket;
    clock::time_point greet_before;
    /// Whose it is; nobody's before the hello.
    admissions::iterator owner;
    bytes received;
  };

  void run();
  int milliseconds_to_wait() const;
  void accept_all();
  void close_silent();
  void close(source_id id);

  bool serve(source_id id, connection& peer);
  bool take_messages(source_id id, connection& peer);
  bool take_hello(source_id id, connection& peer, std::span<const std::uint8_t> hello);
  bool take_segment(const connection& peer, std::span<const std::uint8_t> envelope);

  const receiver_options options_;
  const std::uint16_t port_;
  unique_fd listener_, poller_, stopper_;

  std::mutex mutex_;
  admissions admissions_;
  std::map<source_id, connection> connections_;
  source_id next_connection_ = first_connection;
  /// Set while accepting pauses.
  std::optional<clock::time_point> accept_again_;

  std::thread thread_;
};

void tcp_receiver::admit(const camera_id& camera, std::uint64_t token, segment_handler handler) {
  dismiss(camera);
  const std::lock_guard lock{mutex_};
  admissions_[camera] = {token, std::move(handler), std::nullopt};
}

void tcp_receiver::dismiss(const camera_id& camera) {
  const std::lock_guard lock{mutex_};
  const auto found = admissions_.find(camera);
  if (found == admissions_.end())
    return;
  if (found->second.connection)
    close(*found->second.connection);
  admissions_.erase(found);
}

// -- the thread ---------------------------------------------------------------

void tcp_receiver::run() {
  std::array<epoll_event, 64> events;
  for (std::unique_lock lock{mutex_};;) {
    const int patience = milliseconds_to_wait();
    lock.unlock();
    const int count = ::epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()), patience);
    lock.lock();
    for (int i = 0; i < count; ++i) {
      const source_id id = events[static_cast<std::size_t>(i)].data.u64;
      if (id == stop_source)
        return;
      if (id == listen_source)
        accept_all();
      else if (const auto peer = connections_.find(id);
               peer != connections_.end() && !serve(id, peer->second))
        close(id);
    }
    close_silent();
  }
}

/// Until the next deadline; -1 when there is none.
int tcp_receiver::milliseconds_to_wait() const {
  auto next = accept_again_.value_or(clock::time_point::max());
  for (const auto& [id, peer] : connections_)
    if (peer.owner == admissions_.end())
      next = std::min(next, peer.greet_before);
  if (next == clock::time_point::max())
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void tcp_receiver::accept_all() {
  for (;;) {
    unique_fd socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
      // The listener stays ready, so it must leave the poll for a while or this loop would spin.
      accept_again_ = clock::now() + accept_pause;
      ::epoll_ctl(poller_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
      return;
    }
    if (!socket && (errno == EINTR || errno == ECONNABORTED))
      continue;
    if (!socket)
      return;
    if (connections_.size() >= options_.max_connections)
      continue;
    const auto id = next_connection_++;
    epoll_event event{EPOLLIN, {.u64 = id}};
    if (::epoll_ctl(poller_.get(), EPOLL_CTL_ADD, socket.get(), &event) == 0)
      connections_.emplace(
          id, connection{std::move(socket), clock::now() + hello_patience, admissions_.end(), {}});
  }
}

void tcp_receiver::close_silent() {
  const auto now = clock::now();
  std::erase_if(connections_, [&](const auto& entry) {
    return entry.second.owner == admissions_.end() && entry.second.greet_before <= now;
  });
  if (accept_again_ && *accept_again_ <= now) {
    accept_again_.reset();
    epoll_event event{EPOLLIN, {.u64 = listen_source}};
    ::epoll_ctl(poller_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
  }
}

void tcp_receiver::close(source_id id) {
  const auto found = connections_.find(id);
  if (found->second.owner != admissions_.end())
    found->second.owner->second.connection.reset();
  // Closing the descriptor takes it out of the poll.
  connections_.erase(found);
}

// -- one connection -----------------------------------------------------------

/// Reads what has come, within one turn. @returns false when the connection is over.
bool tcp_receiver::serve(source_id id, connection& peer) {
  std::array<std::uint8_t, 64 << 10> chunk;
  for (std::size_t taken = 0; taken < max_bytes_a_turn;) {
    const auto count = ::recv(peer.socket.get(), chunk.data(), chunk.size(), 0);
    if (count < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (count == 0)
      return false;
    peer.received.insert(peer.received.end(), chunk.begin(), chunk.begin() + count);
    if (!take_messages(id, peer))
      return false;
    taken += static_cast<std::size_t>(count);
  }
  return true;
}

/// Takes every whole message out of what was received. @returns false when the peer broke a rule.
bool tcp_receiver::take_messages(source_id id, connection& peer) {
  std::span<const std::uint8_t> left{peer.received};
  if (peer.owner == admissions_.end()) {
    if (left.size() < wire::hello_bytes)
      return true;
    if (!take_hello(id, peer, left.first(wire::hello_bytes)))
      return false;
    left = left.subspan(wire::hello_bytes);
  }
  while (left.size() >= wire::length_bytes) {
    const auto length = wire::number_in(left.first(wire::length_bytes));
    // Before anything is kept for it.
    if (length > options_.max_segment_bytes)
      return false;
    if (left.size() - wire::length_bytes < length)
      break;
    if (!take_segment(peer, left.subspan(wire::length_bytes, length)))
      return false;
    left = left.subspan(wire::length_bytes + length);
  }
  peer.received.erase(peer.received.begin(), peer.received.end() - static_cast<std::ptrdiff_t>(left.size()));
  return true;
}

bool tcp_receiver::take_hello(source_id id, connection& peer, std::span<const std::uint8_t> hello) {
  const auto [magic, token] = std::pair{hello.first(wire::magic.size()), hello.subspan(wire::magic.size())};
  if (!std::equal(magic.begin(), magic.end(), wire::magic.begin()))
    return false;
  peer.owner = std::find_if(admissions_.begin(), admissions_.end(),
                            [&](const auto& entry) { return entry.second.token == wire::number_in(token); });
  if (peer.owner == admissions_.end())
    return false;
  // A camera that connects again has lost its old connection, whether or not we have heard of it.
  auto& admitted = peer.owner->second;
  if (admitted.connection)
    close(*admitted.connection);
  admitted.connection = id;
  return true;
}

bool tcp_receiver::take_segment(const connection& peer, std::span<const std::uint8_t> envelope) {
  auto message = decode(envelope);
  auto* segment = message ? std::get_if<encoded_segment>(&*message) : nullptr;
  if (!segment || segment->camera != peer.owner->first)
    return false;
  peer.owner->second.handler(std::move(*segment), wire::length_bytes + envelope.size());
  return true;
}

tl::unexpected<error> os_failure(const std::string& what) {
  return fail(ec::io_failed, "media link: " + what + ": " + os_error(errno));
}

result<unique_fd> listen_at(const receiver_options& options) {
  const auto address = loopback_address(options.host, options.port);
  if (!address)
    return tl::unexpected{address.error()};
  auto listener = make_tcp_socket(*address);
  if (!listener)
    return listener;
  const auto place = options.host + ":" + std::to_string(options.port);
  const int yes = 1;
  ::setsockopt(listener->get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(listener->get(), address->get(), address->size) != 0) {
    auto failure = os_failure("cannot listen at " + place);
    if (errno == EADDRINUSE)
      failure.value().hint =
          "stop what listens there (ss -ltnp), or choose another port; 0 takes any free one";
    return failure;
  }
  if (::listen(listener->get(), SOMAXCONN) != 0)
    return os_failure("cannot listen at " + place);
  return listener;
}

std::uint16_t port_of(int socket) {
  socket_address address;
  address.size = sizeof address.storage;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

} // namespace

result<std::unique_ptr<media_receiver>> listen_for_media(const receiver_options& options) {
  auto listener = listen_at(options);
  if (!listener)
    return tl::unexpected{std::move(listener.error())};
  unique_fd poller{::epoll_create1(EPOLL_CLOEXEC)}, stopper{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  epoll_event listening{EPOLLIN, {.u64 = listen_source}}, stopping{EPOLLIN, {.u64 = stop_source}};
  if (!poller || !stopper || ::epoll_ctl(poller.get(), EPOLL_CTL_ADD, listener->get(), &listening) != 0
      || ::epoll_ctl(poller.get(), EPOLL_CTL_ADD, stopper.get(), &stopping) != 0)
    return os_failure("no descriptors left");
  const auto port = port_of(listener->get());
  try {
    return std::make_unique<tcp_receiver>(options, port, std::move(*listener), std::move(poller),
                                          std::move(stopper));
  } catch (const std::system_error& no_thread) {
    return fail(ec::io_failed, std::string{"media link: no thread: "} + no_thread.what());
  }
}

} // namespace ecco
