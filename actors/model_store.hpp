// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "actors/interfaces.hpp"
#include "runtime/policy/deploy_gate.hpp"
#include "runtime/store/revisions.hpp"

namespace ecco {

struct model_store_config {
  gate_options gate;
  /// Weights every camera begins with when the store is empty.
  blob initial;
};

struct model_store_state {
  static constexpr const char* name = "model_store";

  explicit model_store_state(model_store_actor::stateful_pointer<model_store_state> selfptr) : self(selfptr) {}

  model_store_actor::behavior_type make_behavior();

  result<void> begin(model_store_config with, std::shared_ptr<revision_store> on);
  result<gate_verdict> judge(const model_candidate& candidate);
  result<gate_verdict> roll_back(const rollback_order& order);
  result<model_update> look_up(const model_query& query);
  /// Writes the new revision before anybody hears of it.
  result<model_ref> add(revision added, const blob& weights);
  /// The newest revision before `before` that the camera was given, 0 when there is none: it runs the newest of all.
  std::uint32_t given(const camera_id& camera, std::uint32_t before = std::numeric_limits<std::uint32_t>::max()) const;
  /// The camera has the revision from now on, whether or not that can be written.
  result<void> give(std::uint32_t revision, const camera_id& to);
  /// The cameras go back from the revision once that is written.
  result<void> take_back(std::uint32_t revision, const std::vector<camera_id>& from);
  void deploy(const camera_id& camera, std::uint32_t revision, group_id group, const std::string& why);
  void camera_there(const camera_hello& hello, const camera_actor& device);
  result<model_update> update_to(std::uint32_t revision);
  void tell(std::string_view id, const camera_id& camera, group_id group, double value, std::string text);

  model_store_actor::stateful_pointer<model_store_state> self;
  model_store_config config;
  std::shared_ptr<revision_store> store;
  telemetry_actor telemetry;
  std::map<std::uint32_t, revision> revisions;
  /// Cameras that said hello.
  std::map<camera_id, camera_actor> cameras;
};

/// Begins with what `store` holds, or with `config.initial` as revision 1; quits with the reason when neither works.
model_store_actor::behavior_type model_store(model_store_actor::stateful_pointer<model_store_state> self,
                                             model_store_config config, std::shared_ptr<revision_store> store,
                                             telemetry_actor telemetry);

} // namespace ecco
