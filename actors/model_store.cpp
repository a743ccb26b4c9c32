// SPDX-License-Identifier: Apache-2.0
#include "actors/model_store.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
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
  if (revisions.empty()) {
    if (config.initial.empty())
      return fail(ec::invalid_argument, "there are no weights to begin with", "set student.weights");
    if (const auto first = add({}, config.initial); !first)
      return tl::unexpected{first.error()};
  }
  return open_zoo();
}

result<model_ref> model_store_state::add(revision added, const blob& weights) {
  added.model.revision = revisions.empty() ? 1 : revisions.rbegin()->first + 1;
  added.model.sha256 = sha256_hex(weights.view());
  added.student = config.student;
  if (auto saved = store->save(added, weights); !saved)
    return tl::unexpected{saved.error()};
  return revisions.emplace(added.model.revision, added).first->second.model;
}

result<gate_verdict> model_store_state::judge(const model_candidate& candidate) {
  std::set<camera_id> named;
  for (const auto& member : candidate.members)
    if (!named.insert(member.candidate.camera).second)
      return fail(ec::invalid_argument, "a candidate of " + to_string(candidate.group) + " names camera "
                                          + member.candidate.camera.value + " twice");
  gate_verdict verdict;
  std::vector<std::pair<camera_id, std::string>> accepted;
  std::map<camera_id, double> accuracy;
  for (const auto& member : candidate.members) {
    const auto& camera = member.candidate.camera;
    auto decided = decide(member, config.gate);
    if (const auto runs = given(camera); member.revision != 0 && member.revision != runs)
      decided = {false, "it was measured against r" + std::to_string(member.revision) + ", but the camera runs r"
                          + std::to_string(runs)};
    if (!decided.forgot.empty())
      tell(event_id::model_forgot, camera, candidate.group, member.before_drift->candidate.map50, decided.forgot);
    if (decided.deploy && cameras.contains(camera)) {
      accepted.emplace_back(camera, decided.why);
      verdict.deployed.push_back(camera);
      accuracy[camera] = member.candidate.map50;
    } else {
      verdict.refused.push_back(camera);
      tell(event_id::model_rejected, camera, candidate.group, member.candidate.map50, decided.why);
    }
  }
  if (accepted.empty())
    return verdict;
  revision made{{}, candidate.parent.revision, candidate.group, candidate.window, verdict.deployed};
  made.accuracy = std::move(accuracy);
  auto added = add(std::move(made), candidate.weights);
  if (!added)
    return tl::unexpected{added.error()};
  verdict.model = *added;
  tell(event_id::model_promoted, {}, candidate.group, added->revision,
       "for " + std::to_string(accepted.size()) + " of " + std::to_string(candidate.members.size()) + " cameras");
  for (const auto& [camera, why] : accepted)
    deploy(camera, added->revision, candidate.group, why);
  return verdict;
}

// -- what each camera has ------------------------------------------------------------------------------

std::uint32_t model_store_state::given(const camera_id& camera, std::uint32_t before) const {
  for (auto one = std::make_reverse_iterator(revisions.lower_bound(before)); one != revisions.rend(); ++one) {
    const auto& deployed = one->second.deployed;
    if (std::find(deployed.begin(), deployed.end(), camera) != deployed.end())
      return one->first;
  }
  return 0;
}

result<void> model_store_state::give(std::uint32_t number, const camera_id& to) {
  auto& one = revisions.at(number);
  one.deployed.push_back(to);
  return store->update(one);
}

result<void> model_store_state::take_back(std::uint32_t number, const std::vector<camera_id>& from) {
  auto changed = revisions.at(number);
  std::erase_if(changed.deployed, [&](const camera_id& camera) {
    return std::find(from.begin(), from.end(), camera) != from.end();
  });
  if (auto written = store->update(changed); !written)
    return written;
  revisions.at(number) = std::move(changed);
  return {};
}

result<gate_verdict> model_store_state::roll_back(const rollback_order& order) {
  const auto group = order.group;
  const auto everybody = order.camera == camera_id{};
  gate_verdict verdict;
  std::map<std::uint32_t, std::vector<camera_id>> leaving;
  for (const auto& [camera, device] : cameras) {
    const auto present = given(camera);
    if (present == 0 || revisions.at(present).group != group || !(everybody || camera == order.camera))
      continue;
    if (given(camera, present) == 0)
      verdict.refused.push_back(camera);
    else
      leaving[present].push_back(camera);
  }
  if (leaving.empty() && verdict.refused.empty())
    return fail(ec::not_found,
                (everybody ? "no camera runs a model of " : "camera " + order.camera.value + " runs no model of ")
                  + to_string(group),
                "`ecco status` lists the groups");
  for (const auto& [present, who] : leaving) {
    if (auto taken = take_back(present, who); !taken)
      return tl::unexpected{taken.error()};
    for (const auto& camera : who) {
      const auto back_to = given(camera);
      deploy(camera, back_to, group, "rolled back");
      verdict.model = revisions.at(back_to).model;
      verdict.deployed.push_back(camera);
      tell(event_id::model_rolled_back, camera, group, back_to, order.why);
    }
  }
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
  const auto wanted = query.revision != 0 ? query.revision : given(query.camera);
  if (query.revision == 0 && (!cameras.contains(query.camera) || wanted == 0))
    return fail(ec::not_found, "no model is known of camera " + query.camera.value);
  if (const auto found = revisions.find(wanted); query.name_only && found != revisions.end())
    return model_update{found->second.model, {}};
  return update_to(wanted);
}

void model_store_state::deploy(const camera_id& camera, std::uint32_t to, group_id group, const std::string& why) {
  auto update = update_to(to);
  if (!update)
    return tell(event_id::model_rejected, camera, group, to, render(update.error()));
  auto& of_camera = told[camera];
  of_camera = {to, of_camera.under_way + 1, now(self), false};
  self->request(cameras.at(camera), deploy_patience, std::move(*update))
    .then(
      [this, camera, group, why](const model_ack& ack) {
        --told[camera].under_way;
        tell(event_id::model_deployed, ack.camera, group, ack.model.revision, why);
      },
      [this, camera, to, group](const caf::error& reason) {
        --told[camera].under_way;
        // A camera that is gone is told again at its next hello; one that refused keeps what it had.
        const auto failure = from_caf(reason);
        const auto gone = failure.code == ec::unreachable || failure.code == ec::timed_out;
        auto text = render(failure);
        if (!gone && given(camera) == to && given(camera, to) != 0)
          if (auto taken = take_back(to, {camera}); !taken)
            text += "; it will be told again, for " + render(taken.error());
        told[camera].sent = given(camera);
        tell(event_id::model_rejected, camera, group, to, std::move(text));
      });
}

void model_store_state::camera_there(const camera_hello& hello, const camera_actor& device) {
  cameras[hello.camera] = device;
  // A camera that was here before goes on with what it had, a new one with the newest there is.
  auto wanted = given(hello.camera);
  std::string why = "at hello";
  if (wanted == 0) {
    wanted = revisions.rbegin()->first;
    if (auto written = give(wanted, hello.camera); !written)
      why += "; a server that starts anew will not know: " + render(written.error());
  }
  told[hello.camera].sent = wanted;
  if (hello.model != revisions.at(wanted).model)
    deploy(hello.camera, wanted, {}, why);
}

void model_store_state::hear(const camera_status& status) {
  const auto found = told.find(status.camera);
  if (found == told.end())
    return;
  auto& of_camera = found->second;
  const auto wrong = status.model.revision != of_camera.sent;
  const auto twice = std::exchange(of_camera.astray, wrong) && wrong;
  if (twice && of_camera.under_way == 0 && now(self) - of_camera.tried >= deploy_patience)
    deploy(status.camera, of_camera.sent, {}, "told again: it runs r" + std::to_string(status.model.revision));
}

void model_store_state::tell(std::string_view id, const camera_id& camera, group_id group, double value,
                             std::string text) {
  self->send(telemetry, event{{}, std::string{id}, camera, group, {}, 0, value, std::move(text)});
}

model_store_actor::behavior_type model_store_state::make_behavior() {
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  return {
    [this](const model_candidate& candidate) { return answer(judge(candidate)); },
    [this](const model_query& query) { return answer(look_up(query)); },
    [this](const rollback_order& order) { return answer(roll_back(order)); },
    [this](const expert_query& query) { return query.own ? find_expert(query.frames, *query.own) : find_expert(query); },
    [this](const archive_order& order) { archive(order); },
    [this](const camera_hello& hello, const camera_actor& device) { camera_there(hello, device); },
    [this](const camera_status& status) { hear(status); },
  };
}

model_store_actor::behavior_type model_store(model_store_actor::stateful_pointer<model_store_state> self,
                                             model_store_config config, std::shared_ptr<revision_store> store,
                                             telemetry_actor telemetry, allocator_actor allocator) {
  self->state.telemetry = std::move(telemetry);
  self->state.allocator = std::move(allocator);
  if (auto begun = self->state.begin(std::move(config), std::move(store)); !begun) {
    self->quit(to_caf(begun.error()));
    return model_store_actor::behavior_type::make_empty_behavior();
  }
  return self->state.make_behavior();
}

} // namespace ecco
