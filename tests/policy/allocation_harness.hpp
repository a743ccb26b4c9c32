// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "runtime/policy/allocation.hpp"
#include "runtime/policy/window_budget.hpp"

namespace ecco::test {

/// The policy and the budget together, as the allocator has them, with micro-windows of one second.
class harness {
 public:
  explicit harness(allocation_options options) : policy_(options) {}

  window_budget budget;

  void start_job(group_id group, std::uint32_t members) { policy_.start_job(group, members); }
  void end_job(group_id group) { policy_.end_job(group); }

  void open_window(std::uint32_t micro_windows, std::uint32_t devices = 1) {
    lanes_ = devices;
    slices_.clear();
    budget.open({slice * micro_windows, micro_windows, devices, false});
    policy_.open_window(budget.micro_windows_left());
  }

  void devices_are(std::uint32_t devices, duration window_left) {
    lanes_ = devices;
    budget.devices_are(devices, window_left);
  }

  std::optional<group_id> grant() {
    const auto chosen = policy_.grant({budget.micro_windows_left(), lanes_});
    if (!chosen)
      return std::nullopt;
    const auto length = budget.fitting(from_seconds(chosen->part), 1);
    slices_[chosen->group] = {budget.begin(length, 1), length};
    return chosen->group;
  }

  /// As long as the job's newest slice is.
  duration length_of(group_id group) const { return slices_.at(group).length; }

  /// Without `busy`, the slice took as long as it is.
  void complete(group_id group, const micro_window_outcome& outcome, std::optional<duration> busy = {}) {
    policy_.complete(group, outcome);
    if (const auto its = slices_.extract(group))
      budget.end(its.mapped().begun, group, busy.value_or(its.mapped().length));
  }

  void refund(group_id group) {
    policy_.refund(group);
    if (const auto its = slices_.extract(group))
      budget.refund(its.mapped().begun);
  }

  bool initial_pass_is_over() const { return policy_.initial_pass_is_over(); }
  std::vector<job_share> shares() const { return policy_.shares(); }
  std::vector<job_standing> standings() const { return policy_.standings(); }
  std::uint32_t budget_left() const { return budget.micro_windows_left(); }

  static constexpr duration slice = std::chrono::seconds{1};

 private:
  struct held {
    std::uint64_t begun = 0;
    duration length{};
  };

  allocation policy_;
  std::uint32_t lanes_ = 1;
  std::map<group_id, held> slices_;
};

/// Accuracy that rises from `start` towards `limit`; `pace` micro-windows close two thirds of the gap.
struct rising {
  std::uint32_t members = 1;
  double start = 0, limit = 0, pace = 1;

  double after(double micro_windows) const {
    return limit - (limit - start) * std::exp(-micro_windows / pace);
  }
};

inline harness harness_of(const std::vector<rising>& jobs, allocation_options options) {
  harness out{options};
  for (std::uint32_t i = 0; i < jobs.size(); ++i)
    out.start_job(group_id{i + 1}, jobs[i].members);
  return out;
}

/// Runs one window on one device, and adds what each job trained to `had`, micro-windows.
inline void run_window(harness& policy, const std::vector<rising>& jobs, std::uint32_t budget,
                       std::vector<double>& had) {
  had.resize(jobs.size());
  policy.open_window(budget);
  while (auto id = policy.grant()) {
    auto& trained = had[id->value - 1];
    const auto& job = jobs[id->value - 1];
    const auto before = trained;
    trained += seconds_of(policy.length_of(*id));
    policy.complete(*id, {job.after(before), job.after(trained), 0});
  }
}

inline std::vector<double> run_window(harness& policy, const std::vector<rising>& jobs,
                                      std::uint32_t budget) {
  std::vector<double> had;
  run_window(policy, jobs, budget, had);
  return had;
}

inline double share_of(const harness& policy, std::uint32_t id) {
  for (const auto& s : policy.shares())
    if (s.group.value == id)
      return s.p;
  return -1;
}

inline std::vector<rising> random_jobs(std::mt19937& random, std::size_t count) {
  std::vector<rising> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    const auto members = static_cast<std::uint32_t>(1 + random() % 8);
    const auto start = static_cast<double>(random() % 50) / 100,
               room = static_cast<double>(5 + random() % 45) / 100;
    jobs.push_back({members, start, start + room, static_cast<double>(10 + random() % 50) / 10});
  }
  return jobs;
}

} // namespace ecco::test
