// SPDX-License-Identifier: Apache-2.0
// The grouper's desk: requests are gathered into batches. Where those of a batch go is in grouper_placing.cpp, members
// in grouper_members.cpp, windows in grouper_windows.cpp.
#include "actors/grouper.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/policy/request_check.hpp"

namespace ecco {

// -- requests ----------------------------------------------------------------------------------------

caf::result<request_answer> grouper_state::enqueue(const retrain_request& request) {
  if (!cameras.contains(request.camera))
    return to_caf({ec::not_found, "there is no camera " + request.camera.value, "`ecco status` lists the cameras"});
  if (auto good = check_request(request); !good)
    return to_caf(good.error());
  auto promise = self->make_response_promise<request_answer>();
  if (const auto same = asking.find(request.camera); same != asking.end()) {
    same->second.promises.push_back(promise);
    return promise;
  }
  if (const auto group = policy.group_of(request.camera)) {
    promise.deliver(
      request_answer{request.id, *group, true, request.camera.value + " is in " + to_string(*group) + " already"});
    return promise;
  }
  auto& asked = asking[request.camera] = {request, 0, {promise}};
  if (const auto& known = cameras.at(request.camera); known.moves)
    asked.request.place = known.hello.place;
  waiting.push_back(request.camera);
  place_waiting();
  return promise;
}

void grouper_state::place_waiting() {
  std::vector<std::vector<camera_id>> fresh;
  const auto touches = [this](const camera_id& a, const camera_id& b) {
    return may_share(asking.at(a).request, asking.at(b).request, config.policy.max_distance_m);
  };
  for (const auto& camera : std::exchange(waiting, {})) {
    std::vector<std::shared_ptr<placing_batch>> near;
    for (const auto& batch : batches)
      if (std::any_of(batch->entries().begin(), batch->entries().end(), [&](const auto& entry) {
            return may_share(entry->request, asking.at(camera).request, config.policy.max_distance_m);
          }))
        near.push_back(batch);
    if (near.size() == 1 && near.front()->accepts(now(self))) {
      near.front()->add(entry_of(camera), now(self));
      continue;
    }
    std::vector<camera_id> together{camera};
    const auto joins = [&](const std::vector<camera_id>& others) {
      return std::any_of(others.begin(), others.end(), [&](const auto& other) { return touches(camera, other); });
    };
    for (const auto& others : fresh)
      if (joins(others))
        together.insert(together.end(), others.begin(), others.end());
    if (!near.empty() || together.size() > placing_batch::most_requests) {
      waiting.push_back(camera);
      continue;
    }
    std::erase_if(fresh, joins);
    fresh.push_back(std::move(together));
  }
  for (const auto& together : fresh)
    begin_batch(together);
}

void grouper_state::begin_batch(const std::vector<camera_id>& together) {
  placing_terms terms{allocator, models, [this](const retrain_request& request) { return candidates_of(request); },
                      config.subsamples, config.alarm};
  const std::shared_ptr<placing_batch> batch =
    batches.emplace_back(placing_batch::make(self, std::move(terms), [this](placing_batch& done) { decide(done); }));
  const auto& first = asking.at(together.front()).request;
  if (together.size() == 1 && first.reason != request_reason::drift && !config.reuse && candidates_of(first).empty())
    return batch->add_unmeasured(entry_of(first.camera));
  for (const auto& camera : together)
    batch->add(entry_of(camera), now(self));
}

placing_entry grouper_state::entry_of(const camera_id& camera) const {
  const auto& asks = asking.at(camera);
  return {asks.request, asks.fall, cameras.at(camera).video};
}

void grouper_state::close_batch(const placing_batch& batch) {
  std::erase_if(batches, [&](const auto& one) { return one.get() == &batch; });
  place_waiting();
}

void grouper_state::tell(std::string_view id, const camera_id& camera, group_id group, std::string text, double value) {
  self->send(telemetry, event{{}, std::string{id}, camera, group, {}, window, value, std::move(text)});
}

// -- behavior ----------------------------------------------------------------------------------------

grouper_actor::behavior_type grouper_state::make_behavior() {
  self->set_down_handler([this](const caf::down_msg& gone) { job_down(gone); });
  self->set_exit_handler([this](const caf::exit_msg& told) {
    keep_seats();
    self->quit(told.reason);
  });
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  return {
    [this](const retrain_request& request) { return enqueue(request); },
    [this](const camera_hello& hello, const camera_actor& device, const ingest_actor& video) {
      camera_there(hello, device, video);
    },
    [this](const rate_divider_actor& whom) { rates = whom; },
    [this](const gpu_share& share) { shared(share); },
    [this](const window_closed& closed) { return settle(closed); },
    [this](const camera_status& status) { hear(status); },
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
  state.policy.resume(state.config.kept, now(self));
  state.window = state.config.kept.window;
  state.bootstrap_begun = state.window > 0; // and ended: nothing is kept before
  state.config.sampling.whole = state.config.plan;
  state.plans = sampler{state.config.sampling};
  state.make_job = std::move(make_job);
  state.allocator = std::move(allocator);
  state.models = std::move(models);
  state.telemetry = std::move(telemetry);
  return state.make_behavior();
}

} // namespace ecco
