// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/settlement.hpp"
#include "runtime/policy/deploy_gate.hpp"
#include "runtime/policy/grant_order.hpp"
#include "runtime/policy/sample_pool.hpp"

namespace ecco {

struct group_job_config {
  group_id group;
  /// The model the first member ran; training starts from its weights.
  model_update initial;
  /// Ring sizes a member (decision 28), frames.
  std::size_t train_frames = 512, held_out_frames = 64;
  /// A job with fewer labelled training frames is not worth a slice yet.
  std::size_t least_frames = 4;
  std::uint64_t seed = 1;
  /// When a deployed model is taken back; without, never.
  std::optional<gate_options> second_looks = gate_options{};
};

struct group_job_state {
  static constexpr const char* name = "group_job";

  /// A model of the zoo, and the members' frames that it was chosen by.
  struct fresh_start {
    model_update expert;
    std::vector<labelled_frame> frames;
  };

  explicit group_job_state(group_job_actor::stateful_pointer<group_job_state> selfptr) : self(selfptr) {}

  group_job_actor::behavior_type make_behavior();

  /// Tells the allocator once there is something to train on, and then of every change of size.
  void announce();
  /// A newcomer is measured when it joins: where the group's model is better it goes there at once.
  void welcome(const join_order& order);

  // -- training ------------------------------------------------------------------------------------

  caf::result<micro_window_report> run(const micro_window_grant& grant);
  result<void> check(const micro_window_grant& grant) const;
  train_order order_for(const micro_window_grant& grant, bool from_scratch) const;
  micro_window_report adopt(const micro_window_grant& grant, train_report& trained);

  // -- the end of a window ---------------------------------------------------------------------------

  caf::result<eval_report> settle(const window_closed& closed);
  /// Proposes the weights of training state number `state`, if there is evidence about them.
  void settled(model_candidate candidate, std::uint32_t state, const settlement_outcome& measured,
               caf::typed_response_promise<eval_report> promise);
  /// Takes back what proved worse than what it replaced. That member is not part of this candidate: the next one is
  /// measured against what it returns to.
  void reconsider(const std::vector<settlement_outcome::second_look>& looks, model_candidate& candidate);
  /// Has the store judge a candidate, and remembers who got it; `then` hears whether it was judged.
  void propose(model_candidate candidate, std::function<void(bool judged)> then);
  void tell(std::string_view id, const camera_id& camera, double value, std::string text = {});

  // -- the zoo (group_job_zoo.cpp) -------------------------------------------------------------------

  /// Keeps what was best at the end of any window, for the zoo. State 0 learnt nothing here.
  void remember(const model_candidate& settled, std::uint32_t state, const eval_report& scored);
  /// Leaves it to the zoo, and ends: whoever told it to, the group is over.
  void finish(const caf::exit_msg& told);
  /// The members drifted all together: what the zoo has for the frames that show it may be a better beginning than what
  /// was learnt here.
  void consult_zoo(const expert_query& drifted);
  /// Trains on from there, and proposes it to every member at once.
  void go_on_from(const fresh_start& from);

  group_job_actor::stateful_pointer<group_job_state> self;
  group_job_config config;
  allocator_actor allocator;
  model_store_actor models;
  telemetry_actor telemetry;
  sample_pool samples{0, 0};
  /// Size the allocator knows; 0 before it was told.
  std::uint32_t announced = 0;
  /// The workers that keep this job's state, in the order of the grant they trained for, and how many micro-windows that
  /// state has behind it.
  std::vector<worker_id> keepers;
  std::uint32_t trained = 0;
  /// `trained` when a candidate was last proposed.
  std::uint32_t proposed = 0;
  blob checkpoint, weights;
  model_ref parent;
  /// What to go on from once the micro-window in progress is over.
  std::optional<fresh_start> successor;
  /// What this job had deployed to each member last, and what that replaced, until the two are compared once more.
  std::map<camera_id, model_update> deployed;
  std::map<camera_id, std::uint32_t> replaced;
  /// Repeating a grant, or an older one, changes nothing.
  grant_order grants;
  bool training = false;
  /// The best weights at a window's end since the members last drifted together, how good they were, and held-out
  /// frames from then.
  struct {
    double accuracy = 0;
    archive_order left;
  } best;
};

/// A job begins with the weights of `config.initial` and no members.
group_job_actor::behavior_type group_job(group_job_actor::stateful_pointer<group_job_state> self,
                                         group_job_config config, allocator_actor allocator,
                                         model_store_actor models, telemetry_actor telemetry);

} // namespace ecco
