// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "messages/ids.hpp"
#include "runtime/policy/optimus_curve.hpp"

namespace ecco {

/// A training job as Ekya's scheduler sees it. Amounts are micro-windows of one device.
struct thief_job {
  group_id group;
  /// Of the model that runs until training is complete.
  double accuracy_before = 0;
  optimus_curve curve;
  /// Trained in this window already.
  double trained = 0;
};

/// What the scheduler gives it.
struct thief_share {
  group_id group;
  /// Devices, in steps of a tenth; below 1 the device is shared by turns.
  double devices = 0;
  /// Micro-windows to train until it is complete; 0 = not at all, because it would not pay.
  std::uint32_t length = 0;
  /// Estimated accuracy, averaged over the rest of the window.
  double mean_accuracy = 0;
};

struct thief_terms {
  double devices = 1;
  /// Rest of the window, micro-windows on each device.
  double rest = 0;
  /// A job cannot use more than this at once.
  double most_devices = 1;
  /// Delta: what is stolen at a time.
  double step = 0.1;
};

/// Ekya's thief scheduler (NSDI'22, Algorithms 1 and 2) for training jobs alone, as in the paper's
/// comparison: inference runs on the cameras. From fair shares, each job in turn steals `step` after `step`
/// from each other as long as the mean estimated accuracy grows, and stops at the first step that does not
/// help. The configuration of a job is how long it trains: with a devices and a length of m micro-windows it
/// is complete after m / a, runs the old model until then and the new one afterwards, EST = (t A_before + (T
/// - t) A_after(m)) / T; never later than the window's end.
///
/// This is the paper's algorithm. Ekya's published code differs: it tries all amounts a thief could steal and
/// keeps the best, in three passes with the configuration chosen between them, and on completion splits the
/// freed share equally instead of planning anew.
///
/// A thief looks only at victims who would lose less than it gains, which a tree finds in O(log jobs): the shares are
/// those of trying everybody, in O(jobs log jobs) instead of O(jobs^2), for a job can steal no more than `most_devices`.
///
/// @param jobs in the order of their ids, so that the outcome does not depend on who came first
/// @returns one share a job, in the same order
std::vector<thief_share> thief_schedule(std::span<const thief_job> jobs, const thief_terms& terms);

} // namespace ecco
