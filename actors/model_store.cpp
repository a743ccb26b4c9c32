// SPDX-License-Identifier: Apache-2.0
#include "actors/model_store.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "messages/sha256.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr duration deploy_patience = std::chrono::seconds{60};

} // namespace

result<void> model_store_state::begin(model_store_config with, std::shared_ptr<revision_store> on) {
  config = std::move(with);
  store = std::move(on);
  auto known = store->list();
  if (!known)
    return tl::unexpected{known.error()};
  for (auto& one : *known)
    revisions[one.model.revision] = std::move(one);
  if (!revisions.empty())
    return {};
  if (config.initial.empty())
    return fail(ec::invalid_argument, "there are no weights to begin with", "set student.weights");
  const auto first = add({}, config.initial);
  return first ? result<void>{} : tl::unexpected{first.error()};
}

result<model_ref> model_store_state::add(revision added, const blob& weights) {
  added.model.revision = revisions.empty() ? 1 : revisions.rbegin()->first + 1;
  added.model.sha256 = sha256_hex(weights.view());
  if (auto saved = store->save(added, weights); !saved)
    return tl::unexpected{saved.error()};
  return revisions.emplace(added.model.revision, added).first->second.model;
}

result<gate_verdict> model_store_state::judge(const model_candidate& candidate) {
  gate_verdict verdict;
  std::vector<std::pair<camera_id, std::string>> accepted;
  for (const auto& member : candidate.members) {
    const auto& camera = member.candidate.camera;
    const auto decided = decide(member, config.gate);
    if (decided.deploy && cameras.contains(camera)) {
      accepted.emplace_back(camera, decided.why);
      verdict.deployed.push_back(camera);
    } else {
      verdict.refused.push_back(camera);
      tell(event_id::model_rejected, camera, candidate.group, member.candidate.map50, decided.why);
    }
  }
  if (accepted.empty())
    return verdict;
  auto added = add({{}, candidate.parent.revision, candidate.group, candidate.window, verdict.deployed},
                   candidate.weights);
  if (!added)
    return tl::unexpected{added.error()};
  verdict.model = *added;
  tell(event_id::model_promoted, {}, candidate.group, added->revision,
       "for " + std::to_string(accepted.size()) + " of " + std::to_string(candidate.members.size()) + " cameras");
  for (const auto& [camera, why] : accepted)
    deploy(camera, added->revision, candidate.group, why);
  return verdict;
}

result<gate_verdict> model_store_state::roll_back(group_id group) {
  gate_verdict verdict;
  for (auto& [camera, entry] : cameras) {
    const auto present = entry.history.empty() ? revisions.end() : revisions.find(entry.history.back());
    if (present == revisions.end() || present->second.group != group)
      continue;
    if (entry.history.size() < 2) {
      verdict.refused.push_back(camera);
      continue;
    }
    entry.history.pop_back();
    const auto back_to = entry.history.back();
    deploy(camera, back_to, group, "rolled back");
    verdict.model = revisions.at(back_to).model;
    verdict.deployed.push_back(camera);
    tell(event_id::model_rolled_back, camera, group, back_to, "");
  }
  if (verdict.deployed.empty() && verdict.refused.empty())
    return fail(ec::not_found, "no camera runs a model of " + to_string(group), "`ecco status` lists the groups");
  return verdict;
}

result<model_update> model_store_state::update_to(std::uint32_t revision) {
  const auto found = revisions.find(revision);
  if (found == revisions.end())
    return fail(ec::not_found, "there is no model revision " + std::to_string(revision));
  auto weights = store->load(found->second.model);
  if (!weights)
    return tl::unexpected{weights.error()};
  return model_update{found->second.model, std::move(*weights)};
}

result<model_update> model_store_state::look_up(const model_query& query) {
  if (query.revision != 0)
    return update_to(query.revision);
  const auto camera = cameras.find(query.camera);
  if (camera == cameras.end() || camera->second.history.empty())
    return fail(ec::not_found, "no model is known of camera " + query.camera.value);
  return update_to(camera->second.history.back());
}

void model_store_state::deploy(const camera_id& camera, std::uint32_t to, group_id group, const std::string& why) {
  auto update = update_to(to);
  if (!update)
    return tell(event_id::model_rejected, camera, group, to, render(update.error()));
  auto& entry = cameras.at(camera);
  if (entry.history.empty() || entry.history.back() != to)
    entry.history.push_back(to);
  self->request(entry.device, deploy_patience, std::move(*update))
    .then(
      [this, group, why](const model_ack& ack) {
        tell(event_id::model_deployed, ack.camera, group, ack.model.revision, why);
      },
      [this, camera, to, group](const caf::error& reason) {
        // A camera that is gone is told again at its next hello; one that refused keeps what it had.
        const auto failure = from_caf(reason);
        auto& history = cameras.at(camera).history;
        const auto gone = failure.code == ec::unreachable || failure.code == ec::timed_out;
        if (!gone && history.size() > 1 && history.back() == to)
          history.pop_back();
        tell(event_id::model_rejected, camera, group, to, render(failure));
      });
}

void model_store_state::camera_there(const camera_hello& hello, const camera_actor& device) {
  auto& entry = cameras[hello.camera];
  entry.device = device;
  // A camera that was here before goes on with what it had, a new one with the newest there is.
  auto wanted = entry.history.empty() ? revisions.rbegin()->first : entry.history.back();
  if (entry.history.empty())
    for (const auto& [number, one] : revisions)
      if (std::find(one.deployed.begin(), one.deployed.end(), hello.camera) != one.deployed.end())
        wanted = number;
  if (hello.model == revisions.at(wanted).model) {
    if (entry.history.empty())
      entry.history.push_back(wanted);
    return;
  }
  deploy(hello.camera, wanted, {}, "at hello");
}

void model_store_state::tell(std::string_view id, const camera_id& camera, group_id group, double value,
                             std::string text) {
  self->send(telemetry, event{{}, std::string{id}, camera, group, {}, 0, value, std::move(text)});
}

model_store_actor::behavior_type model_store_state::make_behavior() {
  return {
    [this](const model_candidate& candidate) { return answer(judge(candidate)); },
    [this](const model_query& query) { return answer(look_up(query)); },
    [this](const rollback_order& order) { return answer(roll_back(order.group)); },
    [this](const camera_hello& hello, const camera_actor& device) { camera_there(hello, device); },
  };
}

model_store_actor::behavior_type model_store(model_store_actor::stateful_pointer<model_store_state> self,
                                             model_store_config config, std::shared_ptr<revision_store> store,
                                             telemetry_actor telemetry) {
  self->state.telemetry = std::move(telemetry);
  if (auto begun = self->state.begin(std::move(config), std::move(store)); !begun) {
    self->quit(to_caf(begun.error()));
    return model_store_actor::behavior_type::make_empty_behavior();
  }
  return self->state.make_behavior();
}

} // namespace ecco
