// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/thief_rule.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

/// Parts of micro-windows add up to whole ones but for rounding.
constexpr double rounding = 1e-9;

} // namespace

bool thief_rule::training::is_profiled() const {
  return seen.trained >= 1 - rounding;
}

bool thief_rule::training::can_train() const {
  return seen.members > 0 && is_profiled() && !complete;
}

void thief_rule::open_window() {
  out_of_date_ = true;
  profiling_.clear();
  turns_.clear();
  for (auto& [group, its] : jobs_)
    its = training{.seen = its.seen};
}

void thief_rule::update(const job_record& job) {
  auto& its = jobs_[job.group];
  profiling_.erase({its.seen.last_served, job.group});
  const auto could_train = its.can_train();
  const auto news = job.trained > its.seen.trained;
  if (news && std::isfinite(job.last.before) && std::isfinite(job.last.after)) {
    if (its.curve.empty())
      its.curve.push_back({its.seen.trained, job.last.before});
    its.curve.push_back({job.trained, job.last.after});
  }
  its.seen = job;
  if (news && its.is_profiled())
    its.expected = fit_optimus(its.curve);
  if (its.goal > 0 && job.trained >= its.goal - rounding)
    its.complete = true;
  take_turn(its);
  out_of_date_ = out_of_date_ || could_train != its.can_train();
  if (job.members > 0 && !job.held && job.grants > 0 && !its.is_profiled())
    profiling_.emplace(job.last_served, job.group);
}

void thief_rule::remove(group_id group) {
  const auto gone = jobs_.extract(group);
  if (!gone)
    return;
  profiling_.erase({gone.mapped().seen.last_served, group});
  if (gone.mapped().turn)
    turns_.erase({*gone.mapped().turn, group});
  out_of_date_ = out_of_date_ || gone.mapped().can_train();
}

std::optional<group_id> thief_rule::next(const window_rest& rest) {
  if (const auto profiled_next = next_to_profile())
    return profiled_next;
  if (out_of_date_ || rest.lanes != lanes_)
    schedule(rest);
  return next_by_turns();
}

double thief_rule::part(group_id group) const {
  const auto found = jobs_.find(group);
  return found == jobs_.end() || !found->second.is_profiled() ? 1.0 / profile_slices : 1;
}

double thief_rule::claim(const job_record& job) const {
  const auto found = jobs_.find(job.group);
  return found == jobs_.end() ? 0 : found->second.devices;
}

std::optional<group_id> thief_rule::next_to_profile() const {
  if (profiling_.empty())
    return std::nullopt;
  return profiling_.begin()->second;
}

/// The job whose next micro-window would end earliest if all were served side by side from the newest
/// schedule on.
std::optional<group_id> thief_rule::next_by_turns() const {
  if (turns_.empty())
    return std::nullopt;
  return turns_.begin()->second;
}

void thief_rule::take_turn(training& its) {
  if (its.turn)
    turns_.erase({*its.turn, its.seen.group});
  its.turn.reset();
  if (its.seen.held || !its.can_train() || its.goal <= its.seen.trained || its.devices <= 0)
    return;
  its.turn = (its.seen.trained + 1 - its.trained_before) / its.devices;
  turns_.emplace(*its.turn, its.seen.group);
}

void thief_rule::schedule(const window_rest& rest) {
  out_of_date_ = false;
  lanes_ = rest.lanes;
  std::vector<thief_job> jobs;
  for (auto& [group, its] : jobs_) {
    if (!its.can_train())
      continue;
    its.goal = 0;
    // Without a curve nothing is known to gain.
    if (its.expected)
      jobs.push_back({group, its.curve.front().accuracy, *its.expected, its.seen.trained + (its.seen.held ? 1 : 0)});
    else
      take_turn(its);
  }
  const double lanes = std::max(1U, rest.lanes);
  for (const auto& share : thief_schedule(jobs, {lanes, rest.micro_windows / lanes})) {
    auto& its = jobs_.at(share.group);
    its.devices = share.length == 0 ? 0 : share.devices;
    its.trained_before = its.seen.trained;
    its.goal = share.length == 0 ? 0 : its.seen.trained + (its.seen.held ? 1 : 0) + share.length;
    take_turn(its);
  }
}

} // namespace ecco
