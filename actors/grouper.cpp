// SPDX-License-Identifier: Apache-2.0
#include "actors/grouper.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/policy/sampling.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

constexpr duration subsample_patience = std::chrono::seconds{30};
constexpr duration eval_patience = std::chrono::seconds{30};
constexpr duration store_patience = std::chrono::seconds{10};
constexpr duration settle_patience = std::chrono::seconds{50};
/// Cameras that start together get this long to say hello before the bootstrap begins without the rest.
constexpr duration muster = std::chrono::seconds{3};
constexpr duration try_again_after = std::chrono::seconds{1};

} // namespace

// -- requests ----------------------------------------------------------------------------------------

caf::result<request_answer> grouper_state::enqueue(const retrain_request& request) {
  if (!cameras.contains(request.camera))
    return to_caf({ec::not_found, "there is no camera " + request.camera.value, "`ecco status` lists the cameras"});
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
  queue.push_back({request, {promise}, std::numeric_limits<double>::quiet_NaN(), {}, 0});
  place_next();
  return promise;
}

void grouper_state::place_next() {
  if (placing_now || queue.empty())
    return;
  placing_now = true;
  const auto candidates = policy.candidates(queue.front().request, now(self), window);
  if (candidates.empty())
    decide();
  else
    compare(candidates);
}

void grouper_state::compare(const std::vector<group_id>& candidates) {
  const auto& request = queue.front().request;
  self->request(cameras.at(request.camera).video, subsample_patience,
                subsample_order{request.age, config.subsamples})
    .then([this, candidates](const sample_batch& frames) { score_own_model(candidates, frames); },
          [this](const caf::error& failure) { cannot_compare(failure); });
}

void grouper_state::score_own_model(const std::vector<group_id>& candidates, const sample_batch& frames) {
  const auto& request = queue.front().request;
  self->request(models, store_patience, model_query{request.model.revision, request.camera})
    .then(
      [this, candidates, frames](const model_update& own) {
        self->request(allocator, eval_patience, eval_order{own.weights, frames.frames})
          .then(
            [this, candidates, frames](const eval_report& report) {
              queue.front().own_accuracy = mean_map50(report.scores);
              score_candidates(candidates, frames);
            },
            [this](const caf::error& failure) { cannot_compare(failure); });
      },
      [this](const caf::error& failure) { cannot_compare(failure); });
}

void grouper_state::cannot_compare(const caf::error& failure) {
  tell(event_id::request_uncompared, queue.front().request.camera, {}, render(from_caf(failure)));
  decide(); // it gets a group of its own
}

void grouper_state::score_candidates(const std::vector<group_id>& candidates, const sample_batch& frames) {
  auto& current = queue.front();
  current.outstanding = candidates.size();
  const auto one_less = [this] {
    if (--queue.front().outstanding == 0)
      decide();
  };
  for (const auto group : candidates) {
    const auto job = jobs.find(group);
    if (job == jobs.end()) {
      one_less();
      continue;
    }
    const auto same_weights = job->second.initial == current.request.model.revision;
    self->request(job->second.handle, eval_patience, eval_order{{}, frames.frames})
      .then(
        [this, group, same_weights, one_less](const eval_report& report) {
          queue.front().scores.push_back({group, mean_map50(report.scores), same_weights});
          one_less();
        },
        [one_less](const caf::error&) { one_less(); });
  }
}

void grouper_state::decide() {
  auto& current = queue.front();
  const auto decided
    = policy.place(current.request, current.own_accuracy, current.scores, now(self), window);
  if (decided.joined)
    finish(decided);
  else
    open_job(decided);
}

void grouper_state::open_job(const placement& decided) {
  const auto& request = queue.front().request;
  self->request(models, store_patience, model_query{request.model.revision, request.camera})
    .then(
      [this, decided](const model_update& initial) {
        jobs[decided.group] = {make_job(decided.group, initial), initial.model.revision};
        finish(decided);
      },
      [this](const caf::error& failure) { refuse(from_caf(failure)); });
}

void grouper_state::finish(const placement& decided) {
  auto current = std::move(queue.front());
  queue.pop_front();
  placing_now = false;
  enter(current.request.camera, decided.group, decided.joined ? regroup_kind::joined : regroup_kind::opened,
        decided.why);
  resized(decided.group);
  for (auto& promise : current.promises)
    promise.deliver(request_answer{current.request.id, decided.group, decided.joined, decided.why});
  place_next();
}

void grouper_state::refuse(const error& why) {
  auto current = std::move(queue.front());
  queue.pop_front();
  placing_now = false;
  policy.leave(current.request.camera);
  for (auto& promise : current.promises)
    promise.deliver(to_caf(why));
  place_next();
}

// -- membership --------------------------------------------------------------------------------------

void grouper_state::enter(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why) {
  const auto& entry = cameras.at(camera);
  const auto since = policy.groups().at(group).members.at(camera).since;
  const join_order order{group, camera, now(self) - since};
  self->send(jobs.at(group).handle, order);
  self->send(entry.video, order, jobs.at(group).handle);
  self->send(entry.device, regroup_event{kind, camera, group, window, why});
  tell(kind == regroup_kind::opened ? event_id::group_opened : event_id::group_joined, camera, group, why);
}

void grouper_state::take_out(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why) {
  const leave_order order{group, camera};
  if (const auto job = jobs.find(group); job != jobs.end() && kind != regroup_kind::ended)
    self->send(job->second.handle, order);
  const auto& entry = cameras.at(camera);
  self->send(entry.video, order);
  self->send(entry.device, regroup_event{kind, camera, group, window, why});
  self->send(entry.device, config.plan);
  tell(event_id::group_left, camera, group, why);
}

void grouper_state::end_group(group_id group, const std::string& why) {
  if (const auto found = policy.groups().find(group); found != policy.groups().end())
    for (const auto& [camera, member] : found->second.members)
      take_out(camera, group, regroup_kind::ended, why);
  policy.end(group);
  resized(group);
  tell(event_id::group_ended, {}, group, why);
}

void grouper_state::resized(group_id group) {
  const auto job = jobs.find(group);
  if (job == jobs.end())
    return;
  const auto found = policy.groups().find(group);
  if (found == policy.groups().end()) {
    self->send(allocator, job_ended{group});
    self->send_exit(job->second.handle, caf::exit_reason::user_shutdown);
    jobs.erase(job);
    return;
  }
  const auto members = static_cast<std::uint32_t>(found->second.members.size());
  for (const auto& [camera, member] : found->second.members)
    self->send(cameras.at(camera).device, share_plan(config.plan, members));
}

// -- windows -----------------------------------------------------------------------------------------

caf::result<eval_report> grouper_state::settle(const window_closed& closed) {
  window = closed.window;
  auto promise = self->make_response_promise<eval_report>();
  if (jobs.empty()) {
    settled(closed, {});
    promise.deliver(eval_report{});
    return promise;
  }
  auto all = std::make_shared<eval_report>();
  auto outstanding = std::make_shared<std::size_t>(jobs.size());
  auto one_less = [this, closed, all, outstanding, promise]() mutable {
    if (--*outstanding > 0)
      return;
    settled(closed, *all);
    promise.deliver(*all);
  };
  for (const auto& [group, job] : jobs)
    self->request(job.handle, settle_patience, closed)
      .then(
        [all, one_less](const eval_report& report) mutable {
          all->scores.insert(all->scores.end(), report.scores.begin(), report.scores.end());
          one_less();
        },
        [this, group = group, one_less](const caf::error& failure) mutable {
          tell(event_id::window_unsettled, {}, group, render(from_caf(failure)));
          one_less();
        });
  return promise;
}

void grouper_state::settled(const window_closed& closed, const eval_report& scores) {
  if (bootstrap_group) {
    if (now(self) < bootstrap_end)
      return;
    end_group(*std::exchange(bootstrap_group, std::nullopt), "the first student is learnt");
    tell(event_id::bootstrap_ended, {}, {}, "");
    return;
  }
  std::vector<member_score> members;
  for (const auto& score : scores.scores)
    members.push_back({score.camera, score.map50, score.standard_error});
  for (const auto& out : policy.close_window(closed.window, members, now(self))) {
    take_out(out.camera, out.group, regroup_kind::left, out.why);
    resized(out.group);
    const auto& entry = cameras.at(out.camera);
    queue.push_back({{request_id{}, out.camera, entry.hello.place, {}, request_reason::regroup, {}}, {},
                     std::numeric_limits<double>::quiet_NaN(), {}, 0});
  }
  for (const auto& standing : closed.jobs)
    if (policy.groups().contains(standing.group)
        && policy.settle(standing.group, std::isnan(standing.gain) || standing.gain > 0))
      end_group(standing.group, "training gains nothing any more");
  place_next();
}

void grouper_state::camera_there(const camera_hello& hello, const camera_actor& device, const ingest_actor& video) {
  cameras[hello.camera] = {hello, device, video};
  if (const auto group = policy.group_of(hello.camera); group && jobs.contains(*group)) {
    // It is back, and its group still counts on it.
    enter(hello.camera, *group, regroup_kind::joined, "back after a break");
    resized(*group);
  } else if (config.bootstrap > duration::zero() && !bootstrap_begun) {
    bootstrap_begun = true;
    self->delayed_send(self, muster, due_atom_v);
  }
}

void grouper_state::bootstrap() {
  self->request(models, store_patience, model_query{0, cameras.begin()->first})
    .then([this](const model_update& initial) { open_bootstrap_group(initial); },
          [this](const caf::error& failure) {
            tell(event_id::bootstrap_started, {}, {}, "failed: " + render(from_caf(failure)));
          });
}

void grouper_state::open_bootstrap_group(const model_update& initial) {
  if (placing_now) { // a request must not lose its group under way
    self->delayed_send(self, try_again_after, due_atom_v);
    return;
  }
  while (!policy.groups().empty())
    end_group(policy.groups().begin()->first, "all cameras learn a first student");
  std::vector<retrain_request> requests;
  for (const auto& [camera, entry] : cameras)
    requests.push_back({request_id{}, camera, entry.hello.place, {}, request_reason::injected, initial.model});
  const auto group = policy.open(requests, now(self), window);
  jobs[group] = {make_job(group, initial), initial.model.revision};
  bootstrap_group = group;
  bootstrap_end = now(self) + config.bootstrap;
  tell(event_id::bootstrap_started, {}, group, std::to_string(requests.size()) + " cameras");
  for (const auto& request : requests)
    enter(request.camera, group, regroup_kind::joined, "learning the first student");
  resized(group);
}

void grouper_state::tell(std::string_view id, const camera_id& camera, group_id group, std::string text) {
  self->send(telemetry, event{{}, std::string{id}, camera, group, {}, window, 0, std::move(text)});
}

// -- behavior ----------------------------------------------------------------------------------------

grouper_actor::behavior_type grouper_state::make_behavior() {
  return {
    [this](const retrain_request& request) { return enqueue(request); },
    [this](const camera_hello& hello, const camera_actor& device, const ingest_actor& video) {
      camera_there(hello, device, video);
    },
    [this](const gpu_share& share) {
      const auto found = policy.groups().find(share.group);
      if (found == policy.groups().end())
        return;
      auto told = share;
      told.members = static_cast<std::uint32_t>(found->second.members.size());
      for (const auto& [camera, member] : found->second.members)
        self->send(cameras.at(camera).device, told);
    },
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
  state.make_job = std::move(make_job);
  state.allocator = std::move(allocator);
  state.models = std::move(models);
  state.telemetry = std::move(telemetry);
  return state.make_behavior();
}

} // namespace ecco
