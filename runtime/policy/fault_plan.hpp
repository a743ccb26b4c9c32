// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/status.hpp"
#include "runtime/base/random.hpp"

namespace ecco {

/// What becomes of one message.
struct message_verdict {
  message_fate fate = message_fate::delivered;
  /// When `delayed`.
  duration delay{};
};

/// Decides, message by message, which meets an injected fault. The same rules, seed and messages give the same faults.
class fault_plan {
 public:
  explicit fault_plan(std::uint64_t seed) : random_{seed} {}

  void add(fault_rule rule) { rules_.push_back({std::move(rule), 0}); }

  bool empty() const { return rules_.empty(); }

  /// The first rule that applies decides. Every rule counts the messages that agree with it, also those that an earlier
  /// one took.
  message_verdict judge(std::string_view kind, std::string_view sender, std::string_view receiver);

 private:
  struct counted {
    fault_rule rule;
    std::uint64_t agreed = 0;
  };

  std::vector<counted> rules_;
  random_engine random_;
};

} // namespace ecco
