// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/signals.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace ecco {

namespace {

// A handler has no argument for its owner, so the process has one of each of these.
std::atomic<int> wake_up{-1}; // eventfd that turns readable with the first signal
std::atomic<int> caught{0};
struct sigaction before_interrupt, before_terminate;

static_assert(std::atomic<int>::is_always_lock_free, "or a signal handler may not touch it");

void on_signal(int number) {
  const int saved = errno;
  caught = number;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_up, &one, sizeof one); // full is as good as written
  errno = saved;
}

} // namespace

result<std::unique_ptr<stop_signal>> stop_signal::install() {
  const int fresh = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fresh < 0)
    return fail(ec::io_failed, std::string{"signals cannot be caught: "} + std::strerror(errno));
  int none = -1;
  if (!wake_up.compare_exchange_strong(none, fresh)) {
    ::close(fresh);
    return fail(ec::unavailable, "signals are caught already, by another stop_signal of this process");
  }
  caught = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, &before_terminate);
  action.sa_flags =
      SA_RESTART
      | static_cast<int>(SA_RESETHAND); // so that the second one does what it always did: end the process
  ::sigaction(SIGINT, &action, &before_interrupt);
  return std::unique_ptr<stop_signal>{new stop_signal};
}

stop_signal::~stop_signal() {
  ::sigaction(SIGINT, &before_interrupt, nullptr);
  ::sigaction(SIGTERM, &before_terminate, nullptr);
  ::close(wake_up.exchange(-1));
}

bool stop_signal::requested() const {
  return caught != 0;
}

int stop_signal::number() const {
  return caught;
}

bool stop_signal::wait_for(duration timeout) const {
  using namespace std::chrono;
  const auto span = std::max(timeout, duration::zero());
  const auto whole = floor<seconds>(span);
  const timespec limit{whole.count(), (span - whole).count()};
  pollfd waiting{wake_up, POLLIN, 0};
  while (!requested() && ::ppoll(&waiting, 1, &limit, nullptr) < 0 && errno == EINTR) {
  }
  return requested();
}

void stop_signal::wait() const {
  while (!wait_for(std::chrono::hours{24})) {
  }
}

} // namespace ecco
