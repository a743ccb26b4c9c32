// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "actors/interfaces.hpp"

namespace ecco {

/// What a group job's weights are measured by when a window is over.
struct settlement_terms {
  allocator_actor allocator;
  model_store_actor models;
  blob weights;
  /// Each member's held-out frames, and those from before its drift, where a candidate's memory is to be measured.
  std::map<camera_id, std::vector<labelled_frame>> held_out, before_drift{};
  /// What the job had deployed to each member last.
  std::map<camera_id, model_update> deployed{};
  /// Revisions that members had before their present ones, where the present one is to be measured against it.
  std::map<camera_id, std::uint32_t> replaced{};
  /// What a member saw with its model tells of the model if it is at least so many frames.
  std::size_t least_frames = 8;
  /// False when the weights were proposed before: there is nothing to compare.
  bool candidate = true;
};

struct settlement_outcome {
  /// A member's present model against the one it replaced, on frames seen with the present one.
  struct second_look {
    camera_score present, replaced;
    std::uint32_t revision = 0;
  };

  /// Why not even the weights could be scored; nothing else is known then.
  std::optional<error> failure{};
  /// The weights on every member's held-out frames.
  eval_report scored{};
  /// The weights against what each member runs, on the same frames; empty when there is no candidate.
  std::vector<gate_evidence> evidence{};
  std::vector<second_look> second_looks{};
};

/// The measurements at the end of a window (Algorithm 2's line 16, and the deploy gate's evidence), made on behalf of
/// a group job. What each member runs is asked of the model store, which alone knows of rollbacks. What a member saw by
/// itself, with the model it runs, is evidence for free; a member that has seen few of its frames since it got its last
/// model has that model scored here.
class settlement : public std::enable_shared_from_this<settlement> {
 public:
  using callback = std::function<void(const settlement_outcome&)>;

  /// Begins to ask. `done` is called once, from `self`'s handlers.
  static void begin(group_job_actor::pointer self, settlement_terms terms, callback done);

 private:
  using scores_taker = std::function<void(const camera_score&)>;

  settlement(group_job_actor::pointer self, settlement_terms terms, callback done);

  void ask_what_runs();
  void score_weights();
  void measure();
  /// The weights against what each member runs.
  void compare();
  /// The weights on what each member saw before its drift, against what it made of it then.
  void recall();
  void look_again();
  /// What the member runs: as the store says, or else the job's last deployment, or what its newest frame was seen
  /// with.
  std::uint32_t revision_of(const camera_id& camera, const std::vector<labelled_frame>& frames) const;
  /// Has `order`'s frames scored under that revision; `take` hears each camera's score. A member that cannot be scored
  /// has no evidence.
  void score_under(std::uint32_t revision, eval_order order, scores_taker take);
  void score(eval_order order, scores_taker take);
  void drop_evidence(const eval_order& order);
  void one_less();

  group_job_actor::pointer self_;
  settlement_terms terms_;
  callback done_;
  std::map<camera_id, model_ref> running_;
  std::map<camera_id, gate_evidence> evidence_;
  std::size_t outstanding_ = 1;
  /// What follows when nothing is outstanding any more.
  std::function<void()> next_;
  settlement_outcome outcome_;
};

} // namespace ecco
