// SPDX-License-Identifier: Apache-2.0
#include "runtime/net/socket.hpp"

#include <cerrno>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

namespace ecco {

unique_fd::~unique_fd() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<socket_address> loopback_address(const std::string& host, std::uint16_t port) {
  socket_address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  if (::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &v4.sin_addr) == 1
      && ntohl(v4.sin_addr.s_addr) >> 24 == 127) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof(sockaddr_in);
    return address;
  }
  if (host == "::1") {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(port);
    address.size = sizeof(sockaddr_in6);
    return address;
  }
  return fail(ec::unsupported, "media link: host " + host + " is not this machine's loopback",
              "use 127.0.0.1; reach other hosts through a tunnel (ssh -L) until the link has TLS");
}

result<unique_fd> make_tcp_socket(const socket_address& address) {
  unique_fd made{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!made)
    return fail(ec::io_failed, "media link: no socket: " + os_error(errno));
  return made;
}

std::string os_error(int number) {
  return std::system_category().message(number);
}

} // namespace ecco
