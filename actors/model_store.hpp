// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/expert_trial.hpp"
#include "actors/interfaces.hpp"
#include "runtime/policy/deploy_gate.hpp"
#include "runtime/policy/zoo.hpp"
#include "runtime/store/revisions.hpp"
#include "runtime/store/zoo_shelf.hpp"

namespace ecco {

struct model_store_config {
  gate_options gate;
  zoo_options zoo;
  /// Where the zoo is kept.
  std::shared_ptr<zoo_shelf> shelf = std::make_shared<memory_keeper<zoo_content>>();
  /// Weights every camera begins with when the store is empty.
  blob initial;
  /// Told with every revision.
  student_traits student;
};

struct model_store_state {
  static constexpr const char* name = "model_store";

  /// A model of the zoo for a scene, and how it did there.
  struct reusable {
    model_update model;
    std::string why;
  };

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
  /// A camera that does not run what it was told to, though nothing is on its way to it, is told again.
  void hear(const camera_status& status);
  result<model_update> update_to(std::uint32_t revision);
  void tell(std::string_view id, const camera_id& camera, group_id group, double value, std::string text);

  // -- the zoo (model_store_zoo.cpp) -----------------------------------------------------------------

  result<void> open_zoo();
  caf::result<model_update> find_expert(const expert_query& query);
  /// The same for a group, whose job has `own` and judges by itself who is better off with what is found.
  caf::result<model_update> find_expert(const std::vector<labelled_frame>& shown, const model_update& own);
  /// The best of those tried, where it is better than what was tried as `own`; the zoo learns from the scene.
  std::optional<reusable> select(const trial_outcome& tried, std::uint32_t own);
  /// What was selected is given to the camera.
  model_update reuse(const camera_id& camera, const model_update& own, const trial_outcome& tried);
  void archive(const archive_order& order);
  void archived(const archive_order& order, const trial_outcome& tried);
  /// `also` against the zoo's candidates, on some of the frames.
  trial_terms trial_of(const std::vector<labelled_frame>& frames, std::uint32_t also, const blob& weights);
  trial_terms::entrants weights_of(const std::vector<std::uint32_t>& numbers);
  /// @param nameless the revision that what was tried as 0 has become
  void learn_scene(const trial_outcome& tried, std::optional<std::uint32_t> nameless);
  void keep_zoo();

  model_store_actor::stateful_pointer<model_store_state> self;
  model_store_config config;
  std::shared_ptr<revision_store> store;
  telemetry_actor telemetry;
  /// Who has models tried for the zoo; without, it serves nobody.
  allocator_actor allocator;
  zoo experts{{}};
  std::map<std::uint32_t, revision> revisions;
  /// Cameras that said hello.
  std::map<camera_id, camera_actor> cameras;
  /// What each was told last.
  struct telling {
    std::uint32_t sent = 0;
    /// Updates that are not answered yet.
    int under_way = 0;
    duration tried{};
    /// It last said that it runs something else.
    bool astray = false;
  };
  std::map<camera_id, telling> told;
};

/// Begins with what `store` holds, or with `config.initial` as revision 1; quits with the reason when neither works.
model_store_actor::behavior_type model_store(model_store_actor::stateful_pointer<model_store_state> self,
                                             model_store_config config, std::shared_ptr<revision_store> store,
                                             telemetry_actor telemetry, allocator_actor allocator);

} // namespace ecco
