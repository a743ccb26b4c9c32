// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "messages/grouping.hpp"
#include "messages/ids.hpp"
#include "runtime/policy/allocation_rule.hpp"

namespace ecco {

/// Normalised share p_j of one job.
struct job_share {
  group_id group;
  double p = 0;

  friend bool operator==(const job_share&, const job_share&) = default;
};

/// Who gets the next slice, and how much of a micro-window it is.
struct slice_choice {
  group_id group;
  /// In (0, 1]; 1 but for Ekya's micro-profiles.
  double part = 1;

  friend bool operator==(const slice_choice&, const slice_choice&) = default;
};

/// Who gets the next micro-window (paper Algorithm 1, with decisions 15-19 and 38 of algorithms.md): every
/// job once, the least recently served first, then whom the rule chooses. A job holds at most one device at a
/// time. How many micro-windows there are is the caller's to count (window_budget.hpp). Pure: it knows
/// neither clock nor actors.
class allocation {
 public:
  explicit allocation(allocation_options options);

  /// A job that exists already only changes its number of members. One without members keeps what is known of
  /// it, but is neither served nor given a share.
  void start_job(group_id group, std::uint32_t members);
  void end_job(group_id group);

  /// Opens a window of about so many micro-windows, over all devices. Grants still out belong to the old
  /// window. Gains of earlier windows count half. With more jobs than micro-windows, half of these go to the
  /// initial pass, the least recently served first, and the rest by those older gains (decision 19).
  void open_window(std::uint32_t micro_windows);

  /// Chooses who has the next slice, and holds the job until `complete` or `refund`.
  /// @param rest what can still be granted, this slice included
  /// @returns nothing when that is none, every job is held, or more training would gain nothing
  std::optional<slice_choice> grant(const window_rest& rest);

  /// The granted slice was used. Ignored when the job holds none, so that a repeated report changes nothing.
  /// Unknown accuracies (NaN) say nothing of the job's gain.
  void complete(group_id group, const micro_window_outcome& outcome);

  /// The granted slice came to nothing (its worker died): the job is where it was before.
  void refund(group_id group);

  /// Every job has had its first micro-window of this window, as far as there is room for them: the shares
  /// are as good as they will be.
  bool initial_pass_is_over() const;

  /// Estimated shares for this window: sum to 1 over the jobs with members, each at least share_floor / jobs;
  /// empty without any. A job that was never served has an equal share: nothing speaks for or against it.
  std::vector<job_share> shares() const;

  /// Each job's standing, for the end of a window, in the order of their ids. A gain within its standard
  /// error is 0; it is NaN also when no grant could be measured.
  std::vector<job_standing> standings() const;

 private:
  struct job {
    job_record seen;
    std::uint64_t held_since = 0; ///< value of `windows_` when the slice still out was granted; 0 = none is
    double part = 1;              ///< of that slice
    bool initial = false;         ///< that slice is this window's initial pass
    bool measured = false;        ///< ever
    double window_gain = 0;       ///< sum of the gains measured in this window
    double window_error = -1;     ///< largest standard error among them; negative when nothing was measured

    bool waits() const { return seen.members > 0 && seen.grants == 0; }
    bool is_in_pass() const;
  };

  /// Changes a job and everything that is kept in order.
  template <class Change>
  void change(job& of, Change how);
  void count(const job& which, int sign);
  bool is_exhausted(const job& which) const;
  std::uint32_t initial_passes_due() const;

  allocation_options options_;
  std::unique_ptr<allocation_rule> rule_;
  std::map<group_id, job> jobs_;
  std::set<std::pair<std::uint64_t, group_id>>
      first_;                        ///< free jobs that wait for their initial pass, by last service
  std::uint32_t waiting_ = 0;        ///< jobs that do, free or held over from the last window
  std::uint32_t in_pass_ = 0;        ///< jobs whose first micro-window is not complete
  std::uint32_t initial_passes_ = 0; ///< that this window still has room for
  std::uint64_t served_ = 0;
  std::uint64_t windows_ = 0;
};

} // namespace ecco
