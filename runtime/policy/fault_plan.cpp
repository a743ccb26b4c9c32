// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/fault_plan.hpp"

#include "runtime/policy/message_filter.hpp"

namespace ecco {

message_verdict fault_plan::judge(std::string_view kind, std::string_view sender, std::string_view receiver) {
  message_verdict out;
  for (auto& [rule, agreed] : rules_) {
    if (!agrees(rule.kind, kind) || !agrees(rule.sender, sender) || !agrees(rule.receiver, receiver))
      continue;
    ++agreed;
    if (rule.nth != 0 && rule.nth != agreed)
      continue;
    // Drawn also when an earlier rule decided: rules do not disturb each other.
    const auto struck = rule.probability >= 1 || uniform(random_) < rule.probability;
    if (struck && out.fate == message_fate::delivered)
      out = {rule.fate, rule.delay};
  }
  return out;
}

} // namespace ecco
