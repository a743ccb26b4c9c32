// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// Lets main wait for SIGINT or SIGTERM. The first SIGINT asks to stop; a second one ends the process at
/// once, in case stopping hangs. SIGTERM only ever asks. What was there before is restored on destruction.
class stop_signal {
 public:
  /// Begins to catch the signals.
  /// @returns `unavailable` when the process has a `stop_signal` already, `io_failed` without a free
  /// descriptor.
  static result<std::unique_ptr<stop_signal>> install();

  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  /// True once a signal came.
  bool requested() const;

  /// SIGINT or SIGTERM, the last that came; 0 before.
  int number() const;

  /// Waits until a signal comes or `timeout` has passed. A signal of another kind begins the wait anew.
  /// @returns `requested()`.
  bool wait_for(duration timeout) const;

  /// Waits until a signal comes.
  void wait() const;

 private:
  stop_signal() = default;
};

} // namespace ecco
