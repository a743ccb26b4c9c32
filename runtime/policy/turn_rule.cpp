// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/turn_rule.hpp"

namespace ecco {

void turn_rule::update(const job_record& job) {
  remove(job.group);
  if (job.held || job.members == 0)
    return;
  const turn its{job.grants, job.last_served, job.group};
  queue_.insert(its);
  turns_.emplace(job.group, its);
}

void turn_rule::remove(group_id group) {
  if (const auto gone = turns_.extract(group))
    queue_.erase(gone.mapped());
}

std::optional<group_id> turn_rule::next(const window_rest&) {
  if (queue_.empty())
    return std::nullopt;
  return std::get<group_id>(*queue_.begin());
}

double turn_rule::claim(const job_record&) const {
  return 1;
}

} // namespace ecco
