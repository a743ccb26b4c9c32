// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "config/allocation_kind.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// Which rule divides the GPU's time, with the constants of the objective (paper Eq. 1) and of its estimates.
struct allocation_options {
  allocation_kind kind = allocation_kind::ecco;
  /// Eq. 1: weight of the size-weighted mean against the minimum, and the influence of group size (<= 1).
  /// Only `ecco` has an Eq. 1. They are not the alpha and beta of rate control (decision 2).
  double alpha = 1, beta = 0.5;
  /// Weight of the newest gain in its moving average (decision 17).
  double smoothing = 0.5;
  /// Gains are taken this many standard errors optimistically, so that one bad reading starves nobody.
  double optimism = 1;
  /// Part of the shares that is dealt out equally (decision 16).
  double share_floor = 0.1;
};

/// What one micro-window did for a job, measured before and after on the same members (decision 23).
struct micro_window_outcome {
  /// Mean accuracy of the job's members before and after, in [0, 1]; NaN when unknown.
  double before = 0, after = 0;
  /// Of the difference.
  double standard_error = 0;
};

/// What is known of a job when it is decided who is served next.
struct job_record {
  group_id group;
  /// A job without any is neither served nor given a share.
  std::uint32_t members = 0;
  /// It holds a device: it cannot be served now.
  bool held = false;
  /// Grants of this window, without those that came to nothing, and the micro-windows they were worth when
  /// completed.
  std::uint32_t grants = 0;
  double trained = 0;
  /// Grows with every grant to anybody; 0 = never.
  std::uint64_t last_served = 0;
  /// In the newest outcome that had one, of any window; NaN until then.
  double accuracy = std::numeric_limits<double>::quiet_NaN();
  /// Of this window's newest slice.
  micro_window_outcome last;
  /// Smoothed accuracy gain of one micro-window, may be negative, and its variance. 0 until measured.
  double gain = 0, variance = 0;
  /// More training would gain nothing in this window (decision 18).
  bool exhausted = false;
};

/// What is left of a window.
struct window_rest {
  /// That can still be granted, on all lanes together.
  std::uint32_t micro_windows = 0;
  /// Devices that serve jobs side by side; 1 when all devices serve one job together.
  std::uint32_t lanes = 1;
};

/// How an allocator chooses between jobs. `allocation` keeps the jobs' records, sees that every job has its
/// first micro-window of a window, and asks the rule for the rest. Decisions must not depend on the order in
/// which jobs became known.
class allocation_rule {
 public:
  virtual ~allocation_rule() = default;

  /// A window opens. `update` of every job follows.
  virtual void open_window() {}
  /// The job is new, or its record has changed.
  virtual void update(const job_record& job) = 0;
  virtual void remove(group_id group) = 0;

  /// Who has the next slice: a job that has members and is not held. Nothing when none should have it.
  virtual std::optional<group_id> next(const window_rest& rest) = 0;
  /// How much of a micro-window the job's next slice is, in (0, 1].
  virtual double part(group_id /*group*/) const { return 1; }
  /// The job's claim to this window's time against the claims of the others, >= 0.
  virtual double claim(const job_record& job) const = 0;
};

/// The rule of `options.kind`:
/// - `ecco`: the greatest gain in Eq. 1 (paper Algorithm 1);
/// - `recl`: the greatest gain times number of cameras (objective_rule.hpp says what "RECL" means);
/// - `ekya`: the thief scheduler with micro-profiling (thief_rule.hpp);
/// - `uniform`: the naive baseline: each in turn, whatever it gains.
std::unique_ptr<allocation_rule> make_allocation_rule(const allocation_options& options);

} // namespace ecco
