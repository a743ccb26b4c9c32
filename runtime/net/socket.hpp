// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/net and its tests: what both ends of the media link need of the operating system.

#include <cstdint>
#include <string>
#include <utility>

#include <sys/socket.h>

#include "messages/error.hpp"

namespace ecco {

/// Owns a file descriptor.
class unique_fd {
 public:
  unique_fd() = default;
  explicit unique_fd(int fd) : fd_(fd) {}
  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~unique_fd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// An address of this machine.
struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// The loopback address that `host` names: "localhost", 127.x.y.z or "::1".
/// @returns `unsupported` for anything else: the media link is not encrypted yet (design 8).
result<socket_address> loopback_address(const std::string& host, std::uint16_t port);

/// A TCP socket that does not block and that no child process inherits.
result<unique_fd> make_tcp_socket(const socket_address& address);

/// The operating system's text for an `errno`.
std::string os_error(int number);

} // namespace ecco
