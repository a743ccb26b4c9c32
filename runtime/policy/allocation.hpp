// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "messages/grouping.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// Constants of the objective (paper Eq. 1) and of its estimates.
struct allocation_options {
  /// Eq. 1: weight of the size-weighted mean against the minimum, and the influence of group size (<= 1).
  double alpha = 1, beta = 0.5;
  /// Weight of the newest gain in its moving average (decision 17).
  double smoothing = 0.5;
  /// Gains are taken this many standard errors optimistically, so that one bad reading starves nobody.
  double optimism = 1;
  /// Part of the shares that is dealt out equally (decision 16).
  double share_floor = 0.1;
};

/// What one micro-window did for a job.
struct micro_window_outcome {
  /// Mean accuracy of the job's members before and after, in [0, 1]; NaN when unknown.
  double before = 0, after = 0;
  double standard_error = 0;
};

/// Normalised share p_j of one job.
struct job_share {
  group_id group;
  double p = 0;

  friend bool operator==(const job_share&, const job_share&) = default;
};

/// Who gets the next micro-window (paper Algorithm 1, with decisions 1, 2, 15-20 of algorithms.md): every
/// job once, the least recently served first, then always the job with the greatest objective gain. A job
/// holds at most one device at a time. Pure: it knows neither clock nor actors.
class allocation {
 public:
  explicit allocation(allocation_options options);

  /// A job that exists already only changes its number of members.
  void start_job(group_id group, std::uint32_t members);
  void end_job(group_id group);

  /// Opens a window of `budget` micro-windows (over all devices). Grants still out belong to the old window.
  /// Gains of earlier windows count half. With more jobs than micro-windows, half the budget goes to the
  /// initial pass, the least recently served first, and the rest by those older gains (decision 19).
  void open_window(std::uint32_t budget);

  /// Grants the next micro-window: takes one from the budget and holds the job until `complete` or `refund`.
  /// @returns nothing when the budget is spent, every job is held, or more training would gain nothing.
  std::optional<group_id> grant();

  /// The granted slice was used. Ignored when the job holds none, so that a repeated report changes nothing.
  void complete(group_id group, const micro_window_outcome& outcome);

  /// The granted slice came to nothing (its worker died): the budget has it back.
  void refund(group_id group);

  /// Estimated shares for this window: sum to 1 over the jobs, each at least share_floor / jobs; empty
  /// without jobs.
  std::vector<job_share> shares() const;

  /// Each job's standing, for the end of a window. A gain within its standard error is 0; it is NaN also
  /// when no grant could be measured.
  std::vector<job_standing> standings() const;

  std::uint32_t budget_left() const;

 private:
  struct job {
    std::uint32_t members = 0;
    std::uint32_t grants = 0;      ///< in this window
    std::uint64_t last_served = 0; ///< value of `served_` then; 0 = never
    std::uint64_t held = 0;        ///< value of `windows_` when the slice still out was granted; 0 = none is
    bool initial = false;          ///< the slice still out is this window's initial pass
    bool measured = false;         ///< ever
    double accuracy = std::numeric_limits<double>::quiet_NaN(); ///< until the first outcome
    double gain = 0;          ///< smoothed accuracy gain of one micro-window, may be negative
    double variance = 0;      ///< of `gain`
    double window_gain = 0;   ///< sum of the gains measured in this window
    double window_error = -1; ///< largest standard error among them; negative when nothing was measured
  };
  using entry = std::pair<const group_id, job>;

  std::vector<double> objective_weights() const;
  double optimistic(const job& j) const;
  bool is_spent(const job& j) const;
  std::uint32_t initial_passes_due() const;
  entry* next_initial();
  entry* next_by_gain();

  allocation_options options_;
  std::map<group_id, job> jobs_;
  std::uint32_t budget_ = 0;
  std::uint32_t initial_passes_ = 0; ///< that this window still has room for
  std::uint64_t served_ = 0;
  std::uint64_t windows_ = 0;
};

} // namespace ecco
