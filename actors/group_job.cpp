// SPDX-License-Identifier: Apache-2.0
// A group job's training, and the end of its windows. What it has to do with the zoo is in group_job_zoo.cpp.
#include "actors/group_job.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "actors/training_round.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/policy/outcome.hpp"

namespace ecco {

namespace {

constexpr duration store_patience = std::chrono::seconds{20};

} // namespace

void group_job_state::announce() {
  const auto size = static_cast<std::uint32_t>(samples.members());
  if (size == 0 || size == announced || (announced == 0 && samples.train_frames() < config.least_frames))
    return;
  announced = size;
  self->send(allocator, job_started{config.group, size}, group_job_actor{self});
}

void group_job_state::welcome(const join_order& order) {
  if (order.renew)
    samples.leave(order.camera);
  samples.join(order.camera);
  announce();
  if (order.evidence && trained > 0)
    propose({config.group, grants.window(), parent, weights, {*order.evidence}}, [](bool) {});
}

// -- training ----------------------------------------------------------------------------------------

result<void> group_job_state::check(const micro_window_grant& grant) const {
  if (auto newer = grants.check(grant); !newer)
    return newer;
  const auto called = to_string(config.group);
  if (training)
    return fail(ec::unavailable, called + " is being trained already");
  if (samples.train_frames() < config.least_frames)
    return fail(ec::unavailable, called + " has no labelled frames to train on yet");
  return {};
}

caf::result<micro_window_report> group_job_state::run(const micro_window_grant& grant) {
  if (auto good = check(grant); !good)
    return to_caf(good.error());
  grants.begin(grant);
  training = true;
  training_terms terms{allocator, grant, order_for(grant, true), order_for(grant, false), {}};
  if (!samples.overflowed())
    terms.keepers = std::move(keepers);
  keepers.clear(); // whatever the workers have when it fails, it is not known to be ours
  samples.handed_out();
  auto promise = self->make_response_promise<micro_window_report>();
  training_round::begin(self, std::move(terms), [this, grant, promise](result<train_report>& state) mutable {
    training = false;
    if (state) {
      keepers = grant.others;
      keepers.insert(keepers.begin(), grant.worker);
      promise.deliver(adopt(grant, *state));
    } else {
      promise.deliver(to_caf(state.error()));
    }
    if (successor)
      go_on_from(*std::exchange(successor, std::nullopt));
  });
  return promise;
}

train_order group_job_state::order_for(const micro_window_grant& grant, bool from_scratch) const {
  train_order order;
  order.group = config.group;
  order.base = trained;
  order.from_scratch = from_scratch;
  order.slice = grant.slice;
  order.seed = config.seed;
  order.members = samples.cameras();
  order.samples = from_scratch ? samples.all() : samples.fresh();
  if (from_scratch)
    order.checkpoint = checkpoint;
  return order;
}

micro_window_report group_job_state::adopt(const micro_window_grant& grant, train_report& trained_state) {
  trained = trained_state.state;
  checkpoint = std::move(trained_state.checkpoint);
  weights = std::move(trained_state.weights);
  const auto outcome = outcome_of(trained_state.before, trained_state.after);
  micro_window_report report{grant.term,           grant.window,           grant.index,
                             grant.group,          grant.worker,           outcome.before,
                             outcome.after,        outcome.standard_error, std::move(trained_state.after),
                             trained_state.images, trained_state.loss,     trained_state.spent,
                             trained_state.pixels};
  tell(event_id::accuracy_group, {}, report.accuracy_after,
       std::to_string(report.images) + " images, loss " + std::to_string(report.loss));
  return report;
}

// -- the end of a window -------------------------------------------------------------------------------

caf::result<eval_report> group_job_state::settle(const window_closed& closed) {
  auto promise = self->make_response_promise<eval_report>();
  // Of these weights, whatever is trained while they are measured.
  const model_candidate candidate{config.group, closed.window, parent, weights, {}};
  settlement_terms terms{allocator, models, weights, samples.held_out(), samples.held_out_before_drift(), deployed};
  if (config.second_looks) {
    terms.replaced = replaced;
    terms.least_frames = config.second_looks->least_frames;
  }
  terms.candidate = trained != proposed;
  settlement::begin(self, std::move(terms),
                    [this, candidate, state = trained, promise](const settlement_outcome& measured) {
                      settled(candidate, state, measured, promise);
                    });
  return promise;
}

void group_job_state::settled(model_candidate candidate, std::uint32_t state, const settlement_outcome& measured,
                              caf::typed_response_promise<eval_report> promise) {
  if (measured.failure) {
    promise.deliver(to_caf(*measured.failure));
    return;
  }
  remember(candidate, state, measured.scored);
  candidate.members = measured.evidence;
  reconsider(measured.second_looks, candidate);
  auto scored = measured.scored;
  for (const auto& evidence : measured.evidence)
    if (evidence.deployed.frames > 0)
      scored.others.push_back(evidence.deployed);
  propose(std::move(candidate), [this, state, promise, scored = std::move(scored)](bool judged) mutable {
    if (judged)
      proposed = state;
    promise.deliver(std::move(scored));
  });
}

void group_job_state::reconsider(const std::vector<settlement_outcome::second_look>& looks,
                                 model_candidate& candidate) {
  for (const auto& look : looks) {
    const auto& camera = look.present.camera;
    replaced.erase(camera);
    const auto why = regret(look.present, look.replaced, look.revision, *config.second_looks);
    if (!why)
      continue;
    std::erase_if(candidate.members, [&](const gate_evidence& of) { return of.candidate.camera == camera; });
    deployed.erase(camera);
    self->request(models, store_patience, rollback_order{config.group, camera, *why})
      .then([](const gate_verdict&) {},
            [this, camera](const caf::error& failure) {
              tell(event_id::model_rejected, camera, 0, "cannot be taken back: " + render(from_caf(failure)));
            });
  }
}

void group_job_state::propose(model_candidate candidate, std::function<void(bool)> then) {
  const auto has_left = [members = samples.cameras()](const gate_evidence& of) {
    return !std::binary_search(members.begin(), members.end(), of.candidate.camera);
  };
  std::erase_if(candidate.members, has_left);
  if (candidate.members.empty())
    return then(false);
  self->request(models, store_patience, candidate)
    .then(
      [this, then, candidate](const gate_verdict& verdict) {
        for (const auto& camera : verdict.deployed)
          deployed[camera] = {verdict.model, candidate.weights};
        for (const auto& of : candidate.members)
          if (of.revision != 0 && deployed.contains(of.candidate.camera)
              && deployed[of.candidate.camera].model == verdict.model)
            replaced[of.candidate.camera] = of.revision;
        if (!verdict.deployed.empty())
          parent = verdict.model;
        then(true);
      },
      [this, then](const caf::error& failure) {
        tell(event_id::model_rejected, {}, 0, render(from_caf(failure)));
        then(false);
      });
}

void group_job_state::tell(std::string_view id, const camera_id& camera, double value, std::string text) {
  self->send(telemetry, event{{}, std::string{id}, camera, config.group, {}, grants.window(), value, std::move(text)});
}

// -- behavior ----------------------------------------------------------------------------------------

group_job_actor::behavior_type group_job_state::make_behavior() {
  self->set_exit_handler([this](const caf::exit_msg& told) { finish(told); });
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  return {
    [this](const join_order& order) { welcome(order); },
    [this](const leave_order& order) {
      samples.leave(order.camera);
      deployed.erase(order.camera);
      replaced.erase(order.camera);
      announce();
    },
    [this](sample_batch& batch) {
      samples.add(batch);
      announce();
    },
    [this](const micro_window_grant& grant) { return run(grant); },
    [this](eval_order& order) -> caf::result<eval_report> {
      if (order.weights.empty())
        order.weights = weights;
      if (order.frames.empty())
        for (auto& [camera, frames] : samples.held_out())
          order.frames.insert(order.frames.end(), frames.begin(), frames.end());
      if (order.frames.empty())
        return eval_report{}; // nothing to trouble a device with
      return self->delegate(allocator, std::move(order));
    },
    [this](const eval_order&, const scorer_actor& whose) -> caf::result<eval_report> {
      return self->delegate(whose, eval_order{weights, {}});
    },
    [this](const expert_query& drifted) { consult_zoo(drifted); },
    [this](const window_closed& closed) { return settle(closed); },
  };
}

group_job_actor::behavior_type group_job(group_job_actor::stateful_pointer<group_job_state> self,
                                         group_job_config config, allocator_actor allocator,
                                         model_store_actor models, telemetry_actor telemetry) {
  auto& state = self->state;
  state.config = std::move(config);
  state.grants = grant_order{state.config.group};
  state.samples = sample_pool{state.config.train_frames, state.config.held_out_frames};
  state.checkpoint = state.weights = state.config.initial.weights;
  state.parent = state.config.initial.model;
  state.allocator = std::move(allocator);
  state.models = std::move(models);
  state.telemetry = std::move(telemetry);
  return state.make_behavior();
}

} // namespace ecco
