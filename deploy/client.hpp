// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "config/settings.hpp"
#include "messages/status.hpp"

namespace ecco {

/// Ask the server of `from` one thing from outside its process.
/// @returns `unreachable` when no server listens there, `timed_out` when it does not answer; else its own answer.
result<status_report> ask_status(const settings& from);
result<inject_answer> ask_inject(const settings& from, const inject_order& order);

/// An order that is sent at its time after the first.
struct timed_order {
  duration at{};
  inject_order order;
};
/// The next order, nothing after the last, or why there is none.
using order_source = std::function<result<std::optional<timed_order>>()>;

/// How many orders the server took, and how many it refused, with what it said of the first.
struct injection_count {
  std::uint64_t taken = 0, refused = 0;
  std::string first_refusal;
};

/// Sends the server of `from` one order after the other, `speed` times as fast as they come (0: at once), without
/// waiting for answers in between, and then waits for what has not been answered yet.
result<injection_count> ask_inject_all(const settings& from, const order_source& next, double speed);

} // namespace ecco
