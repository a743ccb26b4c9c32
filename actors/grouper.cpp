// SPDX-License-Identifier: Apache-2.0
#include "actors/grouper.hpp"

#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/policy/request_check.hpp"

namespace ecco {

namespace {

constexpr duration store_patience = std::chrono::seconds{10};
/// The zoo's models are tried on a device first.
constexpr duration reuse_patience = std::chrono::seconds{70};

} // namespace

// -- requests ----------------------------------------------------------------------------------------

caf::result<request_answer> grouper_state::enqueue(const retrain_request& request) {
  if (!cameras.contains(request.camera))
    return to_caf({ec::not_found, "there is no camera " + request.camera.value, "`ecco status` lists the cameras"});
  if (auto good = check_request(request); !good)
    return to_caf(good.error());
  auto promise = self->make_response_promise<request_answer>();
  for (auto& waiting : queue)
    if (waiting.request.camera == request.camera) {
      waiting.promises.push_back(promise);
      return promise;
    }
  if (const auto group = policy.group_of(request.camera)) {
    promise.deliver(
      request_answer{request.id, *group, true, request.camera.value + " is in " + to_string(*group) + " already"});
    return promise;
  }
  queue.push_back({request, {promise}});
  place_next();
  return promise;
}

void grouper_state::place_next() {
  if (placing_now || queue.empty())
    return;
  placing_now = true;
  const auto& request = queue.front().request;
  const auto candidates = policy.candidates(request, now(self), window);
  if (candidates.empty() && request.reason != request_reason::drift && !config.reuse)
    return decide({});
  comparison::begin(self, terms_of(request, candidates), [this](const comparison_outcome& compared) {
    if (compared.false_alarm)
      dismiss(*compared.false_alarm);
    else
      decide(compared);
  });
}

comparison_terms grouper_state::terms_of(const retrain_request& request,
                                         const std::vector<group_id>& candidates) const {
  comparison_terms out{request, cameras.at(request.camera).video, allocator, models, {}, config.subsamples, {}};
  for (const auto group : candidates)
    if (const auto job = jobs.find(group); job != jobs.end())
      out.candidates.push_back({group, job->second.handle});
  if (request.reason == request_reason::drift)
    out.doubt = config.alarm;
  return out;
}

bool grouper_state::is_of_same_origin(const job_entry& job, const retrain_request& request) const {
  const auto last = learnt_in.find(request.camera);
  return job.initial == request.model.revision
         || (last != learnt_in.end() && last->second != group_id{} && job.origin == last->second);
}

void grouper_state::decide(const comparison_outcome& compared) {
  const auto& request = queue.front().request;
  if (compared.failure)
    tell(event_id::request_uncompared, request.camera, {}, render(*compared.failure));
  std::vector<candidate_score> scores;
  for (const auto& [group, score] : compared.candidates)
    if (const auto job = jobs.find(group); job != jobs.end())
      scores.push_back({group, score.map50, is_of_same_origin(job->second, request)});
  const auto decided = policy.place(request, compared.own.map50, scores, now(self), window);
  if (!decided.joined)
    return open_job(decided, compared.frames);
  for (const auto& [group, score] : compared.candidates)
    if (group == decided.group)
      return finish(decided, gate_evidence{score, compared.own});
  finish(decided);
}

void grouper_state::open_job(const placement& decided, const std::vector<labelled_frame>& frames) {
  const auto& request = queue.front().request;
  const auto begin = [this, decided](const model_update& initial) {
    start_job(decided.group, initial, learnt_in[queue.front().request.camera]);
    finish(decided);
  };
  const auto give_up = [this](const caf::error& failure) { refuse(from_caf(failure)); };
  if (config.reuse)
    self->request(models, reuse_patience, expert_query{request.camera, request.model.revision, frames})
      .then(begin, give_up);
  else
    self->request(models, store_patience, model_query{request.model.revision, request.camera}).then(begin, give_up);
}

grouper_state::placing grouper_state::done_placing() {
  auto current = std::move(queue.front());
  queue.pop_front();
  placing_now = false;
  return current;
}

void grouper_state::finish(const placement& decided, std::optional<gate_evidence> evidence) {
  auto current = done_placing();
  enter(current.request.camera, decided.group, decided.joined ? regroup_kind::joined : regroup_kind::opened,
        decided.why, std::move(evidence));
  resized(decided.group);
  for (auto& promise : current.promises)
    promise.deliver(request_answer{current.request.id, decided.group, decided.joined, decided.why});
  place_next();
}

void grouper_state::dismiss(const std::string& why) {
  auto current = done_placing();
  tell(event_id::drift_refuted, current.request.camera, {}, why);
  for (auto& promise : current.promises)
    promise.deliver(request_answer{current.request.id, {}, false, why});
  place_next();
}

void grouper_state::refuse(const error& why) {
  auto current = done_placing();
  policy.leave(current.request.camera);
  for (auto& promise : current.promises)
    promise.deliver(to_caf(why));
  place_next();
}

void grouper_state::tell(std::string_view id, const camera_id& camera, group_id group, std::string text) {
  self->send(telemetry, event{{}, std::string{id}, camera, group, {}, window, 0, std::move(text)});
}

// -- behavior ----------------------------------------------------------------------------------------

grouper_actor::behavior_type grouper_state::make_behavior() {
  self->set_down_handler([this](const caf::down_msg& gone) { job_down(gone); });
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  return {
    [this](const retrain_request& request) { return enqueue(request); },
    [this](const camera_hello& hello, const camera_actor& device, const ingest_actor& video) {
      camera_there(hello, device, video);
    },
    [this](const gpu_share& share) { shared(share); },
    [this](const window_closed& closed) { return settle(closed); },
    [this](const status_query&) {
      status_report out;
      for (const auto& [id, group] : policy.groups()) {
        group_standing standing;
        standing.group = id;
        for (const auto& [camera, member] : group.members)
          standing.members.push_back(camera);
        out.groups.push_back(std::move(standing));
      }
      return out;
    },
    [this](due_atom) { bootstrap(); },
  };
}

grouper_actor::behavior_type grouper(grouper_actor::stateful_pointer<grouper_state> self, grouper_config config,
                                     job_factory make_job, allocator_actor allocator, model_store_actor models,
                                     telemetry_actor telemetry) {
  auto& state = self->state;
  state.config = std::move(config);
  state.policy = grouping{state.config.policy};
  state.config.sampling.whole = state.config.plan;
  state.plans = sampler{state.config.sampling};
  state.make_job = std::move(make_job);
  state.allocator = std::move(allocator);
  state.models = std::move(models);
  state.telemetry = std::move(telemetry);
  return state.make_behavior();
}

} // namespace ecco
