// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/grouping.hpp"
#include "messages/ids.hpp"

namespace ecco {

struct grouping_options {
  /// False gives every request a job of its own: the independent baseline (Ekya's and RECL's setting).
  bool share_jobs = true;
  /// Algorithm 2 line 4: epsilon and delta.
  duration max_age = std::chrono::seconds{120};
  double max_distance_m = 200;
  /// Line 17: relative drop p that takes a member out; and the absolute drop below which nothing happens.
  double drop = 0.2, min_drop = 0.02;
  /// A job must beat the request's own model by this much mAP (decision 5), unless both have the same
  /// origin.
  double join_margin = 0.01;
  /// A job of the same origin may be this much worse and still be joined: in its first steps on few
  /// frames a model loses before it gains (measured: 0.01 against 0.09, ten seconds after it began).
  double young_slack = 0.1;
  /// Windows a member stays before it is tested, and is kept from the group it left (decisions 6, 9, 12).
  std::uint32_t dwell = 2, barred = 2;
  /// When at least this part of a group falls, the group drifted as a whole and stays together (decision 8).
  double group_wide = 0.8;
  /// Windows without significant gain after which a job ends (decision 31).
  std::uint32_t converged_windows = 3;
};

/// How one candidate group's model does on the request's frames (line 5).
struct candidate_score {
  group_id group;
  /// mAP@0.5, NaN when the frames hold no object.
  double accuracy = 0;
  /// The job's training began from the very weights the camera runs, or from a sibling of them: a model of the group
  /// that the camera learnt in last.
  bool same_origin = false;
};

/// Where a request goes, and why.
struct placement {
  group_id group;
  bool joined = false;
  std::string why;
};

/// One member's accuracy under its group's model at the end of a window (line 16).
struct member_score {
  camera_id camera;
  double accuracy = 0;
  double standard_error = 0;
};

/// A member that no longer fits.
struct removal {
  camera_id camera;
  group_id group;
  std::string why;
};

/// Who learns with whom (paper Algorithm 2, with decisions 3-12 and 31). Owns the membership: every camera is
/// in at most one group. Time is an argument (the server's own, from any origin). Pure.
class grouping {
 public:
  struct member {
    location place;
    /// When its drift began, and until when it is known to go on: a request is near in time when it falls
    /// within max_age of this span (decision 13).
    duration since{}, until{};
    /// Window in which it joined.
    window_number joined = 0;
    /// Accuracy when it was last tested; NaN before.
    double accuracy = 0;
  };
  struct group {
    std::map<camera_id, member> members;
    std::uint32_t quiet_windows = 0;
    /// Window in which the group last drifted as a whole (decision 8): its samples from before then show
    /// another world. 0 when never.
    window_number drifted = 0;
  };

  explicit grouping(grouping_options options);

  /// Groups whose every member is near `request` in time and space and that the camera is not barred from
  /// (line 4).
  std::vector<group_id> candidates(const retrain_request& request, duration now, window_number window) const;

  /// Lines 6-11 after all candidates were scored: joins the best one that passes, or opens a new group.
  /// A camera that already has a group keeps it (a repeated request changes nothing).
  placement place(const retrain_request& request, double own_accuracy,
                  std::span<const candidate_score> scores, duration now, window_number window);

  /// Lines 13-18, first phase: given all members' scores, takes out those that fell, remembers the rest.
  /// Worst fall first; the order of `scores` does not matter. The caller then places each anew.
  std::vector<removal> close_window(window_number window, std::span<const member_score> scores, duration now);

  /// Counts a window with or without significant gain; true when the job should end now.
  bool settle(group_id id, bool gained);

  /// Opens a group of `cameras` without asking (bootstrap, or a person's wish); they leave the groups they
  /// are in. Group 0, which is none, when there are no cameras.
  group_id open(std::span<const retrain_request> cameras, duration now, window_number window);

  /// Takes the camera out of whatever group it is in; returns that group. A group left empty is gone.
  std::optional<group_id> leave(const camera_id& camera);

  /// Ends a group: all members leave.
  void end(group_id id);

  std::optional<group_id> group_of(const camera_id& camera) const;
  const std::map<group_id, group>& groups() const { return groups_; }

 private:
  struct bar {
    group_id from;
    window_number until = 0;
  };

  bool is_near(const group& g, const location& place, duration drift) const;
  bool is_barred(const camera_id& camera, group_id from, window_number window) const;
  placement join(const retrain_request& request, const candidate_score& best, double own_accuracy,
                 duration now, window_number window);
  std::string why_alone(const retrain_request& request, double own_accuracy, const candidate_score* best,
                        duration now, window_number window) const;

  grouping_options options_;
  std::map<group_id, group> groups_;
  /// Where each member was placed: the answer to a repeated request.
  std::map<camera_id, placement> placed_;
  std::map<camera_id, bar> barred_;
  std::uint32_t next_group_ = 1;
};

/// Great-circle distance in metres.
double distance_m(const location& a, const location& b);

} // namespace ecco
