// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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
  blob weights;
  /// Each member's held-out frames.
  std::map<camera_id, std::vector<labelled_frame>> held_out;
  /// What the job had deployed to each member last.
  std::map<camera_id, model_update> deployed;
  /// False when the weights were proposed before: there is nothing to compare.
  bool candidate = true;
};

struct settlement_outcome {
  /// Why not even the weights could be scored; nothing else is known then.
  std::optional<error> failure;
  /// The weights on every member's held-out frames.
  eval_report scored;
  /// The weights against what each member runs, on the same frames; empty when there is no candidate.
  std::vector<gate_evidence> evidence;
};

/// The measurements at the end of a window (Algorithm 2's line 16, and the deploy gate's evidence), made on behalf of
/// a group job. What a member saw by itself, with the model it runs, is evidence for free; a member that has seen few
/// of its frames since it got its last model has that model scored here.
class settlement : public std::enable_shared_from_this<settlement> {
 public:
  using callback = std::function<void(const settlement_outcome&)>;

  /// Begins to ask. `done` is called once, from `self`'s handlers.
  static void begin(group_job_actor::pointer self, settlement_terms terms, callback done);

 private:
  settlement(group_job_actor::pointer self, settlement_terms terms, callback done);

  void compare();
  /// Has `order` scored as one side of the evidence. A member that cannot be scored has none.
  void score(eval_order order, camera_score gate_evidence::*side);
  void one_less();

  group_job_actor::pointer self_;
  settlement_terms terms_;
  callback done_;
  std::map<camera_id, gate_evidence> evidence_;
  std::size_t outstanding_ = 1;
  settlement_outcome outcome_;
};

} // namespace ecco
