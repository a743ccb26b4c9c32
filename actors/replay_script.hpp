// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "messages/recording.hpp"

namespace ecco {

/// The next record of a recording, nothing after the last, or why it cannot be read.
using record_source = std::function<result<std::optional<recorded_message>>()>;

/// Is the actor of this name one of the server's, which a replay starts anew? Others (cameras, workers, who says hello,
/// who injects) only send again what they sent.
bool is_of_server(const std::string& name);

/// Did a server's actor say it?
bool is_from_server(const recorded_message& record);

/// Do they say the same at the same time? All is compared but the numbers, which count other messages too.
bool is_same(const recorded_message& a, const recorded_message& b);

/// A recording on its way through a replay: read only as far as somebody looks ahead.
class replay_script {
 public:
  explicit replay_script(const record_source& next) : next_(next) {}

  /// The record `n` after the present one; none after the last, or where it cannot be read.
  const recorded_message* ahead(std::size_t n);
  /// The `n`th that is from the server, from the present one on.
  const recorded_message* from_server(std::size_t n);
  /// The present one is done with.
  void go_on() { read_.pop_front(); }

  /// Why it cannot be read on.
  const std::optional<error>& failure() const { return failure_; }

 private:
  const record_source& next_;
  std::deque<recorded_message> read_;
  std::optional<error> failure_;
};

} // namespace ecco
