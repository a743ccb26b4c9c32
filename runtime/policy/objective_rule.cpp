// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/objective_rule.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace ecco {

allocation_objective ecco_objective(const allocation_options& options) {
  return {options.alpha, options.beta, true, true, options.optimism};
}

allocation_objective recl_objective(const allocation_options& options) {
  return {1, 1, false, false, options.optimism};
}

bool objective_rule::candidate::operator<(const candidate& other) const {
  return std::tie(other.worth, grants, last_served, group)
         < std::tie(worth, other.grants, other.last_served, other.group);
}

objective_rule::objective_rule(const allocation_objective& objective) : objective_(objective) {}

void objective_rule::update(const job_record& job) {
  const auto known_size = jobs_.find(job.group);
  if (known_size == jobs_.end() || known_size->second.members != job.members) {
    if (known_size != jobs_.end())
      count_members(known_size->second.members, -1);
    count_members(job.members, 1);
  }
  auto& its = jobs_[job.group];
  if (its.ready)
    ready_.erase(*its.ready);
  if (its.accuracy)
    by_accuracy_.erase({*its.accuracy, job.group});
  its = {job.members, {}, {}};
  if (job.members > 0 && !std::isnan(job.accuracy)) {
    its.accuracy = job.accuracy;
    by_accuracy_.emplace(job.accuracy, job.group);
  }
  if (job.members > 0 && !job.held && !job.exhausted) {
    const auto gain = std::max(0.0, job.gain + objective_.optimism * std::sqrt(job.variance));
    its.ready = candidate{mass(job.members) * gain, gain, job.grants, job.last_served, job.group};
    ready_.insert(*its.ready);
  }
}

void objective_rule::remove(group_id group) {
  const auto gone = jobs_.extract(group);
  if (!gone)
    return;
  count_members(gone.mapped().members, -1);
  if (gone.mapped().ready)
    ready_.erase(*gone.mapped().ready);
  if (gone.mapped().accuracy)
    by_accuracy_.erase({*gone.mapped().accuracy, group});
}

std::optional<group_id> objective_rule::next(const window_rest&) {
  if (ready_.empty())
    return std::nullopt;
  auto best = *ready_.begin();
  const auto last = weakest();
  if (!last || !jobs_.at(*last).ready)
    return best.group;
  auto favoured = *jobs_.at(*last).ready;
  if (best.group == *last) {
    if (ready_.size() == 1)
      return *last;
    best = *std::next(ready_.begin());
  }
  best.worth /= divisor();
  favoured.worth = favoured.worth / divisor() + favoured.gain;
  return std::min(best, favoured).group;
}

double objective_rule::claim(const job_record& job) const {
  // Gains within their error are no gains (decision 26): shares should not follow noise.
  if (job.members == 0 || job.gain <= std::sqrt(job.variance))
    return 0;
  const auto is_weakest = weakest() == job.group;
  return (mass(job.members) / divisor() + (is_weakest ? 1 : 0)) * std::max(0.0, job.gain);
}

double objective_rule::mass(std::uint32_t members) const {
  return objective_.scale * std::pow(members, objective_.exponent);
}

double objective_rule::divisor() const {
  return objective_.is_mean && total_mass_ > 0 ? total_mass_ : 1;
}

std::optional<group_id> objective_rule::weakest() const {
  if (!objective_.is_fair || by_accuracy_.empty())
    return std::nullopt;
  return by_accuracy_.begin()->second;
}

void objective_rule::count_members(std::uint32_t members, int jobs) {
  if (members == 0)
    return;
  const auto at = sizes_.try_emplace(members, 0).first;
  at->second += static_cast<std::uint32_t>(jobs);
  if (at->second == 0)
    sizes_.erase(at);
  total_mass_ = 0;
  for (const auto& [size, count] : sizes_)
    total_mass_ += count * std::pow(size, objective_.exponent);
}

} // namespace ecco
