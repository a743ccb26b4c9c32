// SPDX-License-Identifier: Apache-2.0
// Where the requests of a batch go, once all is measured that can be.
#include <cmath>
#include <map>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "actors/grouper.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr duration store_patience = std::chrono::seconds{10};
/// The zoo's models are tried on a device first.
constexpr duration reuse_patience = std::chrono::seconds{70};

} // namespace

std::vector<placing_terms::candidate> grouper_state::candidates_of(const retrain_request& request) const {
  std::vector<placing_terms::candidate> out;
  for (const auto group : policy.candidates(request, now(self), window))
    if (const auto job = jobs.find(group); job != jobs.end())
      out.push_back({group, job->second.handle});
  return out;
}

scored_request grouper_state::scored_of(const placing_entry& entry) {
  scored_request out;
  out.request = entry.request;
  out.fall = entry.fall;
  out.revision = entry.model.weights.empty() ? entry.request.model.revision : entry.model.model.revision;
  out.own_accuracy = entry.own ? entry.own->map50 : std::nan("");
  if (const auto last = learnt_in.find(entry.request.camera); last != learnt_in.end())
    out.learnt_in = last->second;
  for (const auto& [group, score] : entry.groups)
    if (const auto job = jobs.find(group); job != jobs.end()) {
      // Neither model is better for having learnt elsewhere when both come from the same place.
      const auto sibling = job->second.origin == out.learnt_in && out.learnt_in != group_id{};
      out.groups.push_back({group, score.map50, job->second.initial == out.revision || sibling});
    }
  for (const auto& [revision, score] : entry.brought)
    out.brought[revision] = score.map50;
  return out;
}

void grouper_state::decide(placing_batch& batch) {
  std::vector<scored_request> scored;
  std::map<camera_id, const placing_entry*> entry_of;
  for (const auto& entry : batch.entries()) {
    const auto& camera = entry->request.camera;
    entry_of[camera] = entry.get();
    if (entry->false_alarm) {
      tell(event_id::drift_refuted, camera, {}, *entry->false_alarm);
      answer(camera, {{}, false, *entry->false_alarm});
      continue;
    }
    if (entry->failure && !candidates_of(entry->request).empty())
      tell(event_id::request_uncompared, camera, {}, render(*entry->failure));
    scored.push_back(scored_of(*entry));
  }
  std::map<group_id, founding> founded;
  for (auto& placed : place_together(policy, std::move(scored), now(self), window)) {
    const auto& entry = *entry_of.at(placed.camera);
    const auto group = placed.where.group;
    if (!jobs.contains(group)) {
      auto& one = founded[group];
      if (one.members.empty())
        one.initial = entry.model;
      one.frames.insert(one.frames.end(), entry.frames.frames.begin(), entry.frames.frames.end());
      one.members.push_back(std::move(placed));
      continue;
    }
    std::optional<gate_evidence> evidence;
    if (const auto score = entry.groups.find(group); score != entry.groups.end() && entry.own)
      evidence = gate_evidence{score->second, *entry.own};
    finish(placed, std::move(evidence));
    resized(group);
  }
  // The batch is done when its last job has been started.
  const std::shared_ptr<void> all{nullptr, [this, which = batch.shared_from_this()](void*) { close_batch(*which); }};
  for (auto& [group, one] : founded) {
    one.group = group;
    one.done = [all] {};
    open_job(one);
  }
}

void grouper_state::open_job(const founding& founded) {
  const auto& founder = founded.members.front().camera;
  const auto runs = asking.at(founder).request.model.revision;
  const auto begin = [this, founded](const model_update& initial) { opened(founded, initial); };
  const auto give_up = [this, founded](const caf::error& failure) { refuse(founded, from_caf(failure)); };
  if (config.reuse && founded.members.size() == 1)
    self->request(models, reuse_patience, expert_query{founder, runs, founded.frames}).then(begin, give_up);
  else if (!founded.initial.weights.empty())
    opened(founded, founded.initial);
  else
    self->request(models, store_patience, model_query{runs, founder}).then(begin, give_up);
}

void grouper_state::opened(const founding& founded, const model_update& initial) {
  const auto origin = learnt_in[founded.members.front().camera];
  start_job(founded.group, initial, origin);
  std::string left_together;
  std::size_t leavers = 0;
  for (const auto& member : founded.members)
    if (asking.at(member.camera).fall > 0 && learnt_in[member.camera] == origin) {
      left_together += (leavers++ > 0 ? ", " : "") + member.camera.value;
    }
  if (leavers > 1)
    tell(event_id::group_split, {}, origin, left_together + " to " + to_string(founded.group),
         static_cast<double>(leavers));
  for (const auto& member : founded.members)
    finish(member);
  resized(founded.group);
  // One camera alone was given what the zoo has for it before its job began; several are offered it by their job.
  if (config.reuse && founded.members.size() > 1)
    self->send(jobs.at(founded.group).handle, expert_query{{}, 0, founded.frames});
}

void grouper_state::finish(const placed_request& placed, std::optional<gate_evidence> evidence) {
  const auto& [camera, where] = placed;
  enter(camera, where.group, where.joined ? regroup_kind::joined : regroup_kind::opened, where.why,
        std::move(evidence));
  answer(camera, where);
}

void grouper_state::answer(const camera_id& camera, const placement& where) {
  auto asked = std::move(asking.at(camera));
  asking.erase(camera);
  for (auto& promise : asked.promises)
    promise.deliver(request_answer{asked.request.id, where.group, where.joined, where.why});
}

void grouper_state::refuse(const founding& founded, const error& why) {
  for (const auto& member : founded.members) {
    policy.leave(member.camera);
    auto asked = std::move(asking.at(member.camera));
    asking.erase(member.camera);
    for (auto& promise : asked.promises)
      promise.deliver(to_caf(why));
  }
}

} // namespace ecco
