// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/ids.hpp"

namespace ecco {

/// What a window is made of.
struct window_terms {
  /// |T| and W: micro-windows of each device.
  duration length{};
  std::uint32_t micro_windows = 1;
  std::uint32_t devices = 0;
  /// All devices have each micro-window together, or each has its own.
  bool together = false;

  duration slice() const { return length / std::max(1U, micro_windows); }
};

/// What a job was promised of a window's device time, and what it was given.
struct kept_promise {
  group_id group;
  duration promised{}, given{};

  friend bool operator==(const kept_promise&, const kept_promise&) = default;
};

/// The device time of one window, G|T|: W micro-windows a device, less what labelling and scoring take
/// (decisions 21, 39). A micro-window costs its slice on each of its devices even when less was used, so that
/// there are never more than W a device; and what was used when that is more. So that the jobs can be told
/// what to expect, the labelling of earlier windows is set aside in advance, half the window at most; what
/// goes beyond is charged as it comes.
class window_budget {
 public:
  /// What happened since the last window opened is history, but for micro-windows still out: those are not
  /// charged here.
  void open(const window_terms& terms);
  /// Workers came or went with so much of the window left: so much less or more device time there is.
  void devices_are(std::uint32_t devices, duration window_left);

  /// A micro-window of `slice` on `devices` begins. @returns what it is to be ended by
  std::uint64_t begin(duration slice, std::uint32_t devices);
  /// It took `busy`, over all its devices.
  void end(std::uint64_t begun, group_id group, duration busy);
  /// It came to nothing: nothing is charged.
  void refund(std::uint64_t begun);
  /// Labelling or scoring took device time.
  void charge(duration busy);

  /// Micro-windows that can still begin; the last may be shortened, to no less than half a slice.
  std::uint32_t micro_windows_left() const;
  /// The longest slice that fits, on so many devices at once, and no longer than `wanted`.
  duration fitting(duration wanted, std::uint32_t devices) const;
  /// Device time of the window that jobs can expect together: G|T| without what is set aside.
  duration for_training() const;

  duration total() const { return total_; }
  /// By micro-windows that ended, and by labelling and scoring.
  duration trained() const { return trained_; }
  duration overhead() const { return overhead_; }

  // -- promised and given (decision 20) ----------------------------------------------------------------

  /// The job was told to expect c_j in this window; the newest promise counts.
  void promise(group_id group, duration c);
  /// In the order of the groups' ids.
  std::vector<kept_promise> promises() const;

 private:
  duration left() const;
  duration set_aside() const;

  window_terms terms_;
  duration total_{}, trained_{}, overhead_{};
  /// Of micro-windows that began in this window: what those that ended are charged, and what those out will
  /// be at least.
  duration charged_{}, out_cost_{};
  std::map<std::uint64_t, duration> out_;
  std::uint64_t next_ = 0;
  /// Smoothed part of earlier windows that labelling and scoring took.
  double overhead_part_ = 0;
  bool opened_ = false;
  std::map<group_id, kept_promise> promises_;
};

/// What was promised, and what became of a window, for people.
std::string to_text(const kept_promise& kept);
std::string to_text(const window_budget& budget);

} // namespace ecco
