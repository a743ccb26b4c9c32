// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <tuple>

#include "runtime/policy/allocation_rule.hpp"

namespace ecco {

/// Equal time for every job: the one with the fewest grants of the window, of equals the one served longest
/// ago. It never stops early, and all shares are equal. O(log jobs) a decision.
class turn_rule final : public allocation_rule {
 public:
  void update(const job_record& job) override;
  void remove(group_id group) override;
  std::optional<group_id> next(const window_rest& rest) override;
  double claim(const job_record& job) const override;

 private:
  using turn = std::tuple<std::uint32_t, std::uint64_t, group_id>;

  std::set<turn> queue_; ///< of the jobs that can be served
  std::map<group_id, turn> turns_;
};

} // namespace ecco
