// SPDX-License-Identifier: Apache-2.0
// The grouper's members and their jobs: who enters a group and leaves it.
#include <algorithm>
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

void grouper_state::renew(group_id group) {
  const auto found = policy.groups().find(group);
  if (found == policy.groups().end() || !jobs.contains(group))
    return;
  for (const auto& [camera, member] : found->second.members) {
    const join_order order{group, camera, now(self) - member.since, {}, true};
    self->send(jobs.at(group).handle, order);
    self->send(cameras.at(camera).video, order, jobs.at(group).handle);
  }
  tell(event_id::group_drifted, {}, group, "it stays together", static_cast<double>(found->second.members.size()));
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

void grouper_state::hear(const camera_status& status) {
  const auto found = cameras.find(status.camera);
  if (found == cameras.end())
    return;
  auto& entry = found->second;
  if (status.place) {
    entry.hello.place = *status.place;
    entry.moves = true;
    policy.moved(status.camera, *status.place);
  }
  const auto group = policy.group_of(status.camera).value_or(group_id{});
  const auto being_placed = asking.contains(status.camera) || (group != group_id{} && !jobs.contains(group));
  const auto wrong = !being_placed && status.group != group;
  if (std::exchange(entry.astray, wrong) && wrong)
    remind(status.camera, status.group, group);
}

void grouper_state::remind(const camera_id& camera, group_id told, group_id group) {
  const auto& device = cameras.at(camera).device;
  const auto in = group != group_id{};
  const std::string why = in ? "it did not know" : "it is in no group any more, and did not know";
  self->send(device,
             regroup_event{in ? regroup_kind::joined : regroup_kind::left, camera, in ? group : told, window, why});
  if (plans.decides())
    self->send(device,
               in ? plans.plan(camera, group, static_cast<std::uint32_t>(policy.groups().at(group).members.size()))
                  : config.plan);
  tell(event_id::camera_reminded, camera, group, why);
}

} // namespace ecco
