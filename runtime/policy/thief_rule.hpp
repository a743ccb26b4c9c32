// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "runtime/policy/allocation_rule.hpp"
#include "runtime/policy/thief_schedule.hpp"

namespace ecco {

/// Ekya (NSDI'22; algorithms.md 1.1) on micro-windows:
/// - A job's first micro-window of a window is its micro-profile, granted as `profile_slices` short slices,
/// so that its
///   accuracy is measured after each. They train and score within the window's budget: profiling is charged
///   to it. Ekya profiles on a small sample and throws the result away; here a slice draws few batches from
///   all the job's samples, and what it learnt is kept, which favours Ekya a little.
/// - Optimus' curve through these measurements, and all that follow, is each job's expected accuracy.
/// - The thief scheduler (thief_schedule.hpp) divides the devices over the rest of the window. Its shares of
/// a device are
///   realised by turns: whole micro-windows go to the job that is furthest behind its share.
/// - A job that has had its planned length is complete, and is not trained again in this window. Then, and
/// when jobs come
///   or go, the rest of the window is scheduled anew. When no training would pay, the rest is left.
/// What Ekya assumes of deployment, the new model from completion on, is in its estimates; when cameras
/// really get a model is not the allocator's to decide, and is the same under every rule. Jobs that had no
/// micro-profile in a window (more jobs than micro-windows) are not scheduled in it.
///
/// Choosing by turns is O(log jobs); a schedule costs O(jobs log jobs).
class thief_rule final : public allocation_rule {
 public:
  /// Short slices that a micro-profile consists of.
  static constexpr std::uint32_t profile_slices = 4;

  void open_window() override;
  void update(const job_record& job) override;
  void remove(group_id group) override;
  std::optional<group_id> next(const window_rest& rest) override;
  double part(group_id group) const override;
  double claim(const job_record& job) const override;

 private:
  struct training {
    job_record seen;
    /// Of this window.
    std::vector<curve_point> curve{};
    /// What these points, of a whole micro-profile or more, let expect; nothing when they are too few.
    std::optional<optimus_curve> expected{};
    /// Amount that makes it complete, and its devices, by the newest schedule it was in; both 0 = training
    /// does not pay.
    double goal = 0, devices = 0;
    /// Amount it had when that schedule was made.
    double trained_before = 0;
    bool complete = false;
    /// When its next micro-window would end, where it waits for its turn.
    std::optional<double> turn{};

    bool is_profiled() const;
    bool can_train() const;
  };

  std::optional<group_id> next_to_profile() const;
  std::optional<group_id> next_by_turns() const;
  /// Into the order of turns, or out of it.
  void take_turn(training& its);
  void schedule(const window_rest& rest);

  /// Of the newest schedule.
  std::uint32_t lanes_ = 1;
  std::map<group_id, training> jobs_;
  /// Free jobs in the middle of their micro-profile, by last service.
  std::set<std::pair<std::uint64_t, group_id>> profiling_;
  /// Free jobs with a goal, by `turn`.
  std::set<std::pair<double, group_id>> turns_;
  bool out_of_date_ = true;
};

} // namespace ecco
