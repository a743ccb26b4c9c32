// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "actors/interfaces.hpp"

namespace ecco {

/// How one group's model does on the held-out frames of a member of another.
struct cross_evaluation {
  group_id model;
  camera_score score;
};

/// Two groups that are tried on each other.
struct group_pair {
  struct side {
    group_id group;
    group_job_actor job;
  };
  side first, second;
};

/// Has each model scored on the other group's held-out frames (decision 14), made on behalf of the grouper. `done` is
/// called once, from `self`'s handlers, with what could be scored.
void evaluate_crosswise(grouper_actor::pointer self, const std::vector<group_pair>& pairs,
                        std::function<void(const std::vector<cross_evaluation>&)> done);

} // namespace ecco
