// SPDX-License-Identifier: Apache-2.0
// The grouper's members: who joins and leaves, what a window's end does to them, and the bootstrap. The way of a
// request to its group is in grouper.cpp.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "actors/grouper.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr duration store_patience = std::chrono::seconds{10};
constexpr duration settle_patience = std::chrono::seconds{50};
/// Cameras that start together get this long to say hello before the bootstrap begins without the rest.
constexpr duration muster = std::chrono::seconds{3};
constexpr duration try_again_after = std::chrono::seconds{1};

std::string describe(const sampling_plan& plan) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f frames/s of %ux%u", plan.train_fps, unsigned{plan.width}, unsigned{plan.height});
  return text;
}

} // namespace

// -- membership --------------------------------------------------------------------------------------

void grouper_state::start_job(group_id group, const model_update& initial, group_id origin) {
  auto& job = jobs[group];
  job.handle = make_job(group, initial);
  job.initial = initial.model.revision;
  job.origin = origin;
  self->monitor(job.handle);
}

void grouper_state::job_down(const caf::down_msg& gone) {
  const auto found = std::find_if(jobs.begin(), jobs.end(),
                                  [&](const auto& entry) { return entry.second.handle.address() == gone.source; });
  if (found == jobs.end())
    return; // it was told to end
  const auto group = found->first;
  const auto& members = policy.groups().at(group).members;
  tell(event_id::job_lost, {}, group, to_string(gone.reason));
  if (std::exchange(found->second.died, window) == window)
    return end_group(group, "its job died twice in one window");
  self->request(models, store_patience, model_query{0, members.begin()->first})
    .then(
      [this, group, origin = found->second.origin](const model_update& initial) {
        const auto still = policy.groups().find(group);
        if (still == policy.groups().end())
          return;
        start_job(group, initial, origin);
        for (const auto& [camera, member] : still->second.members)
          enter(camera, group, regroup_kind::joined, "its job was started anew");
      },
      [this, group](const caf::error& failure) { end_group(group, render(from_caf(failure))); });
}

void grouper_state::enter(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why,
                          std::optional<gate_evidence> evidence) {
  const auto& entry = cameras.at(camera);
  const auto since = policy.groups().at(group).members.at(camera).since;
  const join_order order{group, camera, now(self) - since, std::move(evidence)};
  learnt_in[camera] = group;
  plans.renewed(camera);
  self->send(jobs.at(group).handle, order);
  if (rates)
    self->send(rates, order);
  self->send(entry.video, order, jobs.at(group).handle);
  self->send(entry.device, regroup_event{kind, camera, group, window, why});
  tell(kind == regroup_kind::opened ? event_id::group_opened : event_id::group_joined, camera, group, why);
}

void grouper_state::take_out(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why) {
  const leave_order order{group, camera};
  if (const auto job = jobs.find(group); job != jobs.end() && kind != regroup_kind::ended)
    self->send(job->second.handle, order);
  if (rates)
    self->send(rates, order);
  const auto& entry = cameras.at(camera);
  self->send(entry.video, order);
  self->send(entry.device, regroup_event{kind, camera, group, window, why});
  if (plans.decides())
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
    plans.forget(group);
    self->send(allocator, job_ended{group});
    self->send_exit(job->second.handle, caf::exit_reason::user_shutdown);
    jobs.erase(job);
    return;
  }
  const auto members = static_cast<std::uint32_t>(found->second.members.size());
  for (const auto& [camera, member] : found->second.members)
    if (plans.decides())
      self->send(cameras.at(camera).device, plans.plan(camera, group, members));
}

void grouper_state::shared(const gpu_share& share) {
  const auto found = policy.groups().find(share.group);
  if (found == policy.groups().end())
    return;
  plans.hear(share);
  auto told = share;
  told.members = static_cast<std::uint32_t>(found->second.members.size());
  if (rates)
    self->send(rates, told);
  for (const auto& [camera, member] : found->second.members) {
    const auto& device = cameras.at(camera).device;
    self->send(device, told);
    if (!plans.decides())
      continue;
    if (const auto changed = plans.news(camera, share.group, told.members)) {
      self->send(device, *changed);
      tell(event_id::plan_changed, camera, share.group, describe(*changed));
    }
  }
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
  for (const auto& score : scores.scores) {
    members.push_back({score.camera, score.map50, score.standard_error});
    plans.scored(score.camera, score.map50);
  }
  for (const auto& out : policy.close_window(closed.window, members, now(self))) {
    take_out(out.camera, out.group, regroup_kind::left, out.why);
    resized(out.group);
    const auto& entry = cameras.at(out.camera);
    queue.push_back({{request_id{}, out.camera, entry.hello.place, {}, request_reason::regroup, {}}, {}});
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
  start_job(group, initial, {});
  bootstrap_group = group;
  bootstrap_end = now(self) + config.bootstrap;
  tell(event_id::bootstrap_started, {}, group, std::to_string(requests.size()) + " cameras");
  for (const auto& request : requests)
    enter(request.camera, group, regroup_kind::joined, "learning the first student");
  resized(group);
}

} // namespace ecco
