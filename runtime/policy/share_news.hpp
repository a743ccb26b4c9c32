// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <vector>

#include "runtime/policy/allocation.hpp"

namespace ecco {

/// Which shares of the GPU are worth telling: cameras plan by them, and a plan that changes for next to nothing costs more
/// than it is worth. Pure.
class share_news {
 public:
  /// A share that moved by less since it was told is no news within a window.
  static constexpr double least_change = 0.01;

  /// Those of `present` that are to be told now, all of them when a window opens; they count as told.
  std::vector<job_share> tell(std::span<const job_share> present, bool all);

  /// The job's members changed: whatever its share is, it is news to some.
  void forget(group_id group) { told_.erase(group); }

 private:
  std::map<group_id, double> told_;
};

} // namespace ecco
