// SPDX-License-Identifier: Apache-2.0
#include "actors/group_job.hpp"

#include <cmath>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

/// On top of the slice: moving the state, and the work the device had before.
constexpr duration train_patience = std::chrono::seconds{25};
constexpr duration eval_patience = std::chrono::seconds{30};
constexpr duration store_patience = std::chrono::seconds{20};

void push_bounded(std::deque<labelled_frame>& ring, labelled_frame frame, std::size_t limit) {
  ring.push_back(std::move(frame));
  if (ring.size() > limit)
    ring.pop_front();
}

/// Standard error of the mean of independent members' scores.
double error_of_mean(const std::vector<camera_score>& scores) {
  double squares = 0, defined = 0;
  for (const auto& score : scores)
    if (!std::isnan(score.map50)) {
      squares += score.standard_error * score.standard_error;
      ++defined;
    }
  return defined > 0 ? std::sqrt(squares) / defined : 0;
}

} // namespace

// -- samples -----------------------------------------------------------------------------------------

void group_job_state::absorb(sample_batch& batch) {
  const auto found = members.find(batch.camera);
  if (found == members.end())
    return; // it left while the frames were on their way
  for (auto& sample : batch.frames) {
    const auto held_out = sample.shot.role == sample_role::held_out;
    fresh.push_back(sample);
    push_bounded(held_out ? found->second.held_out : found->second.train, std::move(sample),
                 held_out ? config.held_out_frames : config.train_frames);
  }
  announce();
  // Without grants nobody fetches `fresh`; the rings hold what matters, so let the next order be complete.
  if (fresh.size() > config.train_frames * members.size()) {
    fresh.clear();
    holder = {};
  }
}

std::size_t group_job_state::train_frames() const {
  std::size_t sum = 0;
  for (const auto& [camera, who] : members)
    sum += who.train.size();
  return sum;
}

void group_job_state::announce() {
  const auto size = static_cast<std::uint32_t>(members.size());
  if (size == 0 || size == announced || (announced == 0 && train_frames() < config.least_frames))
    return;
  announced = size;
  self->send(allocator, job_started{config.group, size}, group_job_actor{self});
}

std::vector<labelled_frame> group_job_state::comparable_frames(const member& who) const {
  std::vector<labelled_frame> out;
  if (who.held_out.empty())
    return out;
  const auto present = who.held_out.back().seen_by;
  for (const auto& sample : who.held_out)
    if (sample.seen_by == present)
      out.push_back(sample);
  return out;
}

// -- training ----------------------------------------------------------------------------------------

result<void> group_job_state::check(const micro_window_grant& grant) const {
  const auto called = to_string(config.group);
  if (grant.group != config.group)
    return fail(ec::invalid_argument, "a grant for " + to_string(grant.group) + " reached " + called);
  if (grant.slice <= duration::zero())
    return fail(ec::invalid_argument, called + ": a grant needs a slice longer than zero");
  const auto newest = std::tuple{term, window, next_index};
  if (std::tuple{grant.term, grant.window, grant.index} < newest)
    return fail(ec::stale,
                called + ": grant " + std::to_string(grant.term.value) + "/" + std::to_string(grant.window) + "/"
                  + std::to_string(grant.index) + " (term/window/index) is over; the newest was "
                  + std::to_string(term.value) + "/" + std::to_string(window) + "/"
                  + std::to_string(next_index == 0 ? 0 : next_index - 1));
  if (training)
    return fail(ec::unavailable, called + " is being trained already");
  if (train_frames() < config.least_frames)
    return fail(ec::unavailable, called + " has no labelled frames to train on yet");
  return {};
}

caf::result<micro_window_report> group_job_state::run(const micro_window_grant& grant) {
  if (auto good = check(grant); !good)
    return to_caf(good.error());
  term = grant.term;
  window = grant.window;
  next_index = grant.index + 1;
  training = true;
  auto promise = self->make_response_promise<micro_window_report>();
  train(grant, holder != grant.worker || holder.value.empty(), promise);
  return promise;
}

train_order group_job_state::order_for(const micro_window_grant& grant, bool from_scratch) const {
  train_order order;
  order.group = config.group;
  order.worker = grant.worker;
  order.base = trained;
  order.from_scratch = from_scratch;
  order.slice = grant.slice;
  order.seed = config.seed;
  for (const auto& [camera, who] : members) {
    order.members.push_back(camera);
    if (from_scratch) {
      order.samples.insert(order.samples.end(), who.train.begin(), who.train.end());
      order.samples.insert(order.samples.end(), who.held_out.begin(), who.held_out.end());
    }
  }
  if (from_scratch)
    order.checkpoint = checkpoint;
  else
    order.samples = fresh;
  return order;
}

void group_job_state::train(const micro_window_grant& grant, bool from_scratch,
                            caf::typed_response_promise<micro_window_report> promise) {
  auto order = order_for(grant, from_scratch);
  fresh.clear();
  holder = grant.worker; // unless the order fails, or too much arrives meanwhile
  self->request(allocator, grant.slice + train_patience, std::move(order))
    .then(
      [this, grant, promise](train_report& trained_state) mutable {
        training = false;
        promise.deliver(adopt(grant, trained_state));
      },
      [this, grant, from_scratch, promise](const caf::error& failure) mutable {
        const auto why = from_caf(failure);
        if (why.code == ec::stale && !from_scratch)
          return train(grant, true, promise); // the worker forgot us: give it everything
        training = false;
        holder = {}; // whatever the worker has now, it is not known to be ours
        promise.deliver(failure);
      });
}

micro_window_report group_job_state::adopt(const micro_window_grant& grant, train_report& trained_state) {
  trained = trained_state.state;
  checkpoint = std::move(trained_state.checkpoint);
  weights = std::move(trained_state.weights);
  micro_window_report report{grant.term, grant.window, grant.index, grant.group, grant.worker,
                             mean_map50(trained_state.before), mean_map50(trained_state.after),
                             error_of_mean(trained_state.after), std::move(trained_state.after),
                             trained_state.images, trained_state.loss, trained_state.spent};
  tell(event_id::accuracy_group, {}, report.accuracy_after,
       std::to_string(report.images) + " images, loss " + std::to_string(report.loss));
  return report;
}

// -- the end of a window -------------------------------------------------------------------------------

caf::result<eval_report> group_job_state::settle(const window_closed& closed) {
  eval_order order{weights, {}};
  for (const auto& [camera, who] : members)
    order.frames.insert(order.frames.end(), who.held_out.begin(), who.held_out.end());
  if (order.frames.empty())
    return eval_report{};
  auto promise = self->make_response_promise<eval_report>();
  self->request(allocator, eval_patience, std::move(order))
    .then([this, window = closed.window, promise](const eval_report& scored) { compare(window, scored, promise); },
          [promise](const caf::error& failure) mutable { promise.deliver(failure); });
  return promise;
}

void group_job_state::compare(window_number in_window, const eval_report& scored,
                              caf::typed_response_promise<eval_report> promise) {
  eval_order order{weights, {}};
  std::size_t held_out = 0;
  for (const auto& [camera, who] : members) {
    auto frames = comparable_frames(who);
    held_out += who.held_out.size();
    order.frames.insert(order.frames.end(), std::make_move_iterator(frames.begin()),
                        std::make_move_iterator(frames.end()));
  }
  if (trained == proposed || order.frames.empty()) {
    promise.deliver(scored);
    return;
  }
  if (order.frames.size() == held_out) // they are the frames that were just scored
    return propose(in_window, scored, scored, promise);
  self->request(allocator, eval_patience, std::move(order))
    .then([this, in_window, scored, promise](
            const eval_report& compared) { propose(in_window, scored, compared, promise); },
          [promise, scored](const caf::error&) mutable { promise.deliver(scored); });
}

void group_job_state::propose(window_number in_window, const eval_report& scored, const eval_report& compared,
                              caf::typed_response_promise<eval_report> promise) {
  model_candidate candidate{config.group, in_window, parent, weights, {}};
  for (const auto& score : compared.scores) {
    const auto found = members.find(score.camera);
    if (found == members.end())
      continue;
    std::vector<frame_detections> seen;
    for (auto& sample : comparable_frames(found->second))
      seen.push_back({std::move(sample.seen), std::move(sample.labels),
                      static_cast<std::uint64_t>(sample.shot.media_time / std::chrono::seconds{1})});
    candidate.members.push_back({score, score_camera(score.camera, seen)});
  }
  self->request(models, store_patience, std::move(candidate))
    .then(
      [this, scored, promise](const gate_verdict& verdict) mutable {
        proposed = trained;
        if (!verdict.deployed.empty())
          parent = verdict.model;
        promise.deliver(std::move(scored));
      },
      [this, scored, promise](const caf::error& failure) mutable {
        tell(event_id::model_rejected, {}, 0, render(from_caf(failure)));
        promise.deliver(std::move(scored));
      });
}

void group_job_state::tell(std::string_view id, const camera_id& camera, double value, std::string text) {
  self->send(telemetry, event{{}, std::string{id}, camera, config.group, {}, window, value, std::move(text)});
}

// -- behavior ----------------------------------------------------------------------------------------

group_job_actor::behavior_type group_job_state::make_behavior() {
  return {
    [this](const join_order& order) {
      members.try_emplace(order.camera);
      announce();
    },
    [this](const leave_order& order) {
      members.erase(order.camera);
      std::erase_if(fresh, [&](const labelled_frame& sample) { return sample.shot.camera == order.camera; });
      announce();
    },
    [this](sample_batch& batch) { absorb(batch); },
    [this](const micro_window_grant& grant) { return run(grant); },
    [this](eval_order& order) -> caf::result<eval_report> {
      if (order.weights.empty())
        order.weights = weights;
      return self->delegate(allocator, std::move(order));
    },
    [this](const window_closed& closed) { return settle(closed); },
  };
}

group_job_actor::behavior_type group_job(group_job_actor::stateful_pointer<group_job_state> self,
                                         group_job_config config, allocator_actor allocator,
                                         model_store_actor models, telemetry_actor telemetry) {
  auto& state = self->state;
  state.config = std::move(config);
  state.checkpoint = state.weights = state.config.initial.weights;
  state.parent = state.config.initial.model;
  state.allocator = std::move(allocator);
  state.models = std::move(models);
  state.telemetry = std::move(telemetry);
  return state.make_behavior();
}

} // namespace ecco
