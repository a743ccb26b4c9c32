// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "messages/grouping.hpp"
#include "messages/ids.hpp"
#include "runtime/policy/globe_grid.hpp"
#include "runtime/policy/seats.hpp"

namespace ecco {

struct grouping_options {
  /// False gives every request a job of its own: the independent baseline (Ekya's and RECL's setting).
  bool share_jobs = true;
  /// True puts every request into the job there is, whatever its model does for it: see learn_together().
  bool join_always = false;
  /// Algorithm 2 line 4: epsilon and delta.
  duration max_age = std::chrono::seconds{120};
  double max_distance_m = 200;
  /// Line 17: relative drop p that takes a member out; and the absolute drop below which nothing happens.
  double drop = 0.2, min_drop = 0.02;
  /// A job must beat the request's own model by this much mAP (decision 5), unless both have the same
  /// origin. Models this close count as alike (decision 14).
  double join_margin = 0.01;
  /// A job of the same origin may be this much worse and still be joined: in its first steps on few
  /// frames a model loses before it gains (measured: 0.01 against 0.09, ten seconds after it began).
  double young_slack = 0.1;
  /// Windows a member stays before it is moved, and is kept from the group it left (decisions 6, 9, 12).
  std::uint32_t dwell = 2, barred = 2;
  /// A camera that was moved stays twice as long each time, up to this many windows, until it has been calm for
  /// twice its stay (decision 12).
  std::uint32_t most_dwell = 16;
  /// Cameras that are moved in one window: what a move costs is 32 frames on each candidate's model, and its samples
  /// on their way. The worst falls go first, the others are judged again a window later (decision 12).
  std::uint32_t most_moves = 32;
  /// When at least this part of a group falls, the group drifted as a whole and stays together (decision 8).
  double group_wide = 0.8;
  /// Windows without significant gain after which a job ends (decision 31).
  std::uint32_t converged_windows = 3;
  /// Every so many windows, groups near each other are compared; 0 = never (decision 14). One that drifted as a whole
  /// is compared at once.
  std::uint32_t compare_every = 3;
  /// Pairs of groups that are compared in one window, at two evaluations each.
  std::uint32_t most_pairs = 4;

  /// One job for all that ask, anywhere on earth and whenever they drifted, that nobody is taken out of: groups made by
  /// hand (paper 5.3).
  void learn_together() {
    share_jobs = join_always = true;
    max_age = std::chrono::hours{24};
    max_distance_m = 20'100'000; // more than half way round
    drop = 1;
  }
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

  friend bool operator==(const placement&, const placement&) = default;
};

/// One member's accuracy under its group's model at the end of a window (line 16).
struct member_score {
  camera_id camera;
  double accuracy = 0;
  double standard_error = 0;
  /// Of the best other model that was tried on the same frames, as the one the camera runs; NaN when none was.
  double other = std::numeric_limits<double>::quiet_NaN();
};

/// A member that no longer fits.
struct removal {
  camera_id camera;
  group_id group;
  /// How much worse its group's model is for it than it should be, in mAP@0.5.
  double fall = 0;
  std::string why;

  friend bool operator==(const removal&, const removal&) = default;
};

/// How a group's model does on the held-out frames of another group's member.
struct cross_score {
  group_id model;
  camera_id camera;
  double accuracy = 0;
  double standard_error = 0;
};

/// Cameras that learn in another group from now on, because its model is as good for them or better (decision 14).
struct transfer {
  group_id from, to;
  std::vector<camera_id> cameras;
  /// Nobody is left behind: two groups became one.
  bool whole = false;
  std::string why;

  friend bool operator==(const transfer&, const transfer&) = default;
};

/// Who learns with whom (paper Algorithm 2, with decisions 3-14 and 31). Owns the membership: every camera is
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
    /// Accuracy that its next test compares with: the last one without a fall, at first that of the evaluation that
    /// let it in (decision 9). NaN when there was none.
    double accuracy = std::numeric_limits<double>::quiet_NaN();
    /// Accuracy at the end of the last window; NaN before.
    double latest = std::numeric_limits<double>::quiet_NaN();
  };
  struct group {
    std::map<camera_id, member> members;
    std::uint32_t quiet_windows = 0;
    /// Window in which the group last drifted as a whole (decision 8): its samples from before then show
    /// another world. 0 when never.
    window_number drifted = 0;
  };
  using pair = std::pair<group_id, group_id>;

  explicit grouping(grouping_options options);

  // -- requests (lines 2-11) -----------------------------------------------------------------------

  /// Groups whose every member is near `request` in time and space and that the camera is not barred from
  /// (line 4), the lowest id first.
  std::vector<group_id> candidates(const retrain_request& request, duration now, window_number window) const;

  /// Lines 6-11 after all candidates were scored: joins the best one that passes, or opens a new group.
  /// A camera that already has a group keeps it (a repeated request changes nothing).
  placement place(const retrain_request& request, double own_accuracy,
                  std::span<const candidate_score> scores, duration now, window_number window);

  /// Opens a group of `cameras` without asking (bootstrap, or a person's wish); they leave the groups they
  /// are in. Group 0, which is none, when there are no cameras.
  group_id open(std::span<const retrain_request> cameras, duration now, window_number window);

  // -- the end of a window (lines 12-19) -----------------------------------------------------------

  /// Lines 13-18, first phase: given all members' scores, takes out those that fell, remembers the rest.
  /// Worst fall first; the order of `scores` does not matter. The caller then places each anew.
  std::vector<removal> close_window(window_number window, std::span<const member_score> scores, duration now);

  /// Counts a window with or without significant gain; true when the job should end now.
  bool settle(group_id id, bool gained);

  /// Pairs of groups to compare after this window was closed: near each other, the longest uncompared first.
  std::vector<pair> pairs_to_compare(window_number window);

  /// Moves cameras between groups that were compared: whole groups that have become alike, into the one with the better
  /// weights; and members that do better under the other group's model than under their own. A group takes part in one
  /// change at most. The order of `scores` does not matter.
  std::vector<transfer> unite(window_number window, std::span<const cross_score> scores, duration now);

  // -- members -------------------------------------------------------------------------------------

  /// The camera is here now (decision 13).
  void moved(const camera_id& camera, const location& place);

  /// Takes the camera out of whatever group it is in; returns that group. A group left empty is gone.
  std::optional<group_id> leave(const camera_id& camera);

  /// Ends a group: all members leave.
  void end(group_id id);

  std::optional<group_id> group_of(const camera_id& camera) const;
  const std::map<group_id, group>& groups() const { return groups_; }
  /// Windows the camera has to stay in a group before it is moved.
  std::uint32_t patience_with(const camera_id& camera) const;

  // -- over the server's end (grouping_seats.cpp) ----------------------------------------------------

  /// Everybody's seat, those included that were not taken since the last start.
  seating keep(duration now, window_number window) const;

  /// Goes on from there: every camera has its seat kept for when it comes, for as long as it may be moved no sooner
  /// anyway. @pre nobody is in a group
  void resume(const seating& kept, duration now);

  /// The camera is here: it takes the seat that was kept for it. Nothing when none was, or it has another by now.
  std::optional<group_id> take_seat(const camera_id& camera);

 private:
  /// What a camera did, kept for as long as it matters.
  struct history {
    group_id barred_from;
    window_number barred_until = 0;
    /// Moves in short order, and the window of the last.
    std::uint32_t moves = 0;
    window_number moved = 0;
  };
  struct misfit {
    removal what;
    /// Its stay is not over: it remains.
    bool early = false;
  };
  /// A camera in another group, and how that group's model does there.
  struct arrival {
    camera_id camera;
    double accuracy = 0, gain = 0;
  };
  struct change {
    group_id from, to;
    std::vector<arrival> cameras;
    bool merger = false;
    double gain = 0;
    std::string why;
  };
  using score_map = std::map<camera_id, const member_score*>;
  using cross_map = std::map<std::pair<group_id, camera_id>, const cross_score*>;

  bool is_near(const group& g, const location& place) const;
  bool is_timely(const group& g, duration drift) const;
  bool is_barred(const camera_id& camera, group_id from, window_number window) const;
  void enter(group_id id, const camera_id& camera, const member& as);
  /// The group is found by the place of its first member.
  void index(group_id id);
  placement join(const retrain_request& request, const candidate_score& best, double own_accuracy,
                 duration now, window_number window);
  std::string why_alone(const retrain_request& request, double own_accuracy, const candidate_score* best,
                        duration now, window_number window) const;

  void find_misfits(group_id id, const score_map& scores, window_number window, std::vector<misfit>& out) const;
  void forget_calm(window_number window);
  /// The camera was moved out of `from`.
  void note_move(const camera_id& camera, group_id from, window_number window);

  bool can_unite(const pair& of, window_number window) const;
  std::optional<change> merger_of(const pair& of, const cross_map& on) const;
  std::optional<change> camp_of(group_id from, group_id to, window_number window, const cross_map& on) const;
  transfer apply(const change& what, window_number window, duration now);

  grouping_options options_;
  std::map<group_id, group> groups_;
  globe_grid places_;
  /// Where each member was placed: the answer to a repeated request.
  std::map<camera_id, placement> placed_;
  std::map<camera_id, history> histories_;
  /// Window in which two groups were last compared.
  std::map<pair, window_number> compared_;
  std::uint32_t moves_left_ = 0;
  std::optional<duration> last_closed_;
  std::uint32_t next_group_ = 1;
  /// Seats of cameras that have not come since the start, as members of their groups, and their windows' count then.
  std::map<camera_id, std::pair<group_id, member>> kept_seats_;
  window_number resumed_ = 0;
};

} // namespace ecco
