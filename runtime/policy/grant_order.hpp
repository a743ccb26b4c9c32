// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "messages/error.hpp"
#include "messages/training.hpp"

namespace ecco {

/// The order of the grants that one group's job is given: terms, windows and indices only grow, so that a grant that is
/// repeated, or comes late from a server that is gone, changes nothing. Pure.
class grant_order {
 public:
  explicit grant_order(group_id group = {}) : group_(group) {}

  /// Refuses a grant of another group, of no time (`invalid_argument`), or no newer than the newest (`stale`).
  result<void> check(const micro_window_grant& grant) const;

  /// It is the newest from now on. @pre check
  void begin(const micro_window_grant& grant);

  /// Window of the newest grant; 0 before the first.
  window_number window() const { return window_; }

 private:
  group_id group_;
  epoch term_;
  window_number window_ = 0;
  std::uint32_t next_index_ = 0;
};

} // namespace ecco
