// SPDX-License-Identifier: Apache-2.0
// The rate laws over the kernel's own TCP: `rate_live.sh` runs it in network namespaces with a routed bottleneck.
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/net/socket.hpp"
#include "runtime/net/tcp_watch.hpp"
#include "runtime/policy/share_correction.hpp"

namespace {

using namespace ecco;
using namespace std::chrono_literals;
using wall = std::chrono::steady_clock;

constexpr std::uint16_t port = 8228;
constexpr int max_unsent_in_kernel = 64 << 10; // as the media link has it
constexpr auto correct_every = 10s;

sockaddr_in address_of(const char* host) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  inet_pton(AF_INET, host, &out.sin_addr);
  return out;
}

/// Takes whatever comes, until it is killed.
int receive(const char* host) {
  const auto at = address_of(host);
  const unique_fd listener{::socket(AF_INET, SOCK_STREAM, 0)};
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0
      || ::listen(listener.get(), 64) != 0)
    return std::perror("receiver"), 1;
  std::vector<pollfd> all{{listener.get(), POLLIN, 0}};
  std::vector<char> buffer(1 << 16);
  for (;;) {
    ::poll(all.data(), all.size(), -1);
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i].revents && ::recv(all[i].fd, buffer.data(), buffer.size(), 0) <= 0)
        all[i].events = 0;
    if (all[0].revents)
      all.push_back({::accept(listener.get(), nullptr, nullptr), POLLIN, 0});
  }
}

/// A camera with more to send than it may.
struct sender {
  unique_fd socket;
  rate_control control;
  tcp_watch watch;
  double weight = 1;
  std::uint64_t delivered = 0, corrected = 0, began = 0;

  void fill() {
    static const std::vector<char> something(16 << 10);
    pollfd ready{socket.get(), POLLOUT, 0};
    while (::poll(&ready, 1, 0) > 0 && ::send(socket.get(), something.data(), something.size(), MSG_NOSIGNAL) > 0) {
    }
  }
};

camera_id name(std::size_t i) {
  return camera_id{"c" + std::to_string(i)};
}

int send(const char* host, rate_law law, const std::vector<double>& weights, int seconds) {
  rate_options options;
  options.law = law;
  std::vector<sender> all;
  std::map<camera_id, double> wanted;
  for (const auto weight : weights) {
    auto& added =
        all.emplace_back(sender{unique_fd{::socket(AF_INET, SOCK_STREAM, 0)}, rate_control{options}, {}, weight});
    const auto to = address_of(host);
    if (::connect(added.socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      return std::perror("sender"), 1;
    ::setsockopt(added.socket.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_unsent_in_kernel,
                 sizeof max_unsent_in_kernel);
    ::fcntl(added.socket.get(), F_SETFL, O_NONBLOCK);
    limit_pace(added.socket.get(), added.control.rate());
    added.control.set_weight(law == rate_law::paper ? weight : 1);
    wanted[name(all.size() - 1)] = weight;
  }
  share_correction correction;
  correction.set_weights(wanted);
  const auto tell = [&] {
    if (law == rate_law::corrected)
      for (std::size_t i = 0; i < all.size(); ++i)
        all[i].control.set_weight(correction.standings().at(name(i)).increase);
  };
  tell();
  const auto start = wall::now();
  const auto warm_up = std::chrono::seconds{seconds / 3};
  auto next_correction = start + correct_every;
  for (auto& one : all)
    one.control.connect(duration{});
  for (auto tick = start; tick < start + std::chrono::seconds{seconds}; tick += 10ms) {
    std::this_thread::sleep_until(tick);
    const auto now = std::chrono::duration_cast<duration>(wall::now() - start);
    for (auto& one : all) {
      one.fill();
      if (!one.control.is_due(now))
        continue;
      const auto seen = one.watch.observe(one.socket.get());
      one.delivered += seen.delivered;
      one.control.observe(seen, now);
      limit_pace(one.socket.get(), one.control.rate());
      if (now < warm_up)
        one.began = one.delivered;
    }
    if (wall::now() < next_correction)
      continue;
    next_correction += correct_every;
    std::map<camera_id, double> measured;
    for (std::size_t i = 0; i < all.size(); ++i) {
      measured[name(i)] = 8 * static_cast<double>(all[i].delivered - all[i].corrected) / seconds_of(correct_every);
      all[i].corrected = all[i].delivered;
    }
    correction.correct(measured);
    tell();
  }
  double total = 0;
  for (const auto& one : all)
    total += static_cast<double>(one.delivered - one.began);
  std::printf("%.2f Mb/s:", 8e-6 * total / (seconds - seconds / 3));
  for (const auto& one : all)
    std::printf("  %.3f (wanted %.3f)", static_cast<double>(one.delivered - one.began) / total, one.weight);
  std::printf("\n");
  return 0;
}

} // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::strcmp(arguments[1], "receive") == 0)
    return receive(arguments[2]);
  if (count < 6 || std::strcmp(arguments[1], "send") != 0) {
    std::fprintf(stderr, "usage: ecco_rate_live receive HOST | send HOST corrected|paper|aimd SECONDS WEIGHT...\n");
    return 2;
  }
  const std::string law = arguments[3];
  std::vector<double> weights;
  for (int i = 5; i < count; ++i)
    weights.push_back(std::atof(arguments[i]));
  return send(arguments[2],
              law == "paper"  ? rate_law::paper
              : law == "aimd" ? rate_law::aimd
                              : rate_law::corrected,
              weights, std::atoi(arguments[4]));
}
