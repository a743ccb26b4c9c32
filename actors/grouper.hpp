// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "actors/interfaces.hpp"
#include "runtime/policy/grouping.hpp"

namespace ecco {

struct grouper_config {
  grouping_options policy;
  /// Labelled frames on which a request is compared with the candidate groups.
  std::uint32_t subsamples = 32;
  /// What a whole group sends; its members share it.
  sampling_plan plan;
  /// Learn a first student from all cameras for this long, beginning when they had time to say hello; 0 = do not.
  duration bootstrap{};
};

/// Starts the job of a new group.
using job_factory = std::function<group_job_actor(group_id, const model_update& initial)>;

struct grouper_state {
  static constexpr const char* name = "grouper";

  struct camera_entry {
    camera_hello hello;
    camera_actor device;
    ingest_actor video;
  };
  struct job_entry {
    group_job_actor handle;
    /// Revision the job's training began from.
    std::uint32_t initial = 0;
  };
  /// A request on its way through Algorithm 2.
  struct placing {
    retrain_request request;
    /// Whoever waits for the answer; a repeated request adds itself.
    std::vector<caf::typed_response_promise<request_answer>> promises;
    double own_accuracy = 0;
    std::vector<candidate_score> scores;
    std::size_t outstanding = 0;
  };

  explicit grouper_state(grouper_actor::stateful_pointer<grouper_state> selfptr) : self(selfptr), policy{{}} {}

  grouper_actor::behavior_type make_behavior();

  // -- requests, one at a time: three cameras that darken together must find the group of the first ----

  caf::result<request_answer> enqueue(const retrain_request& request);
  void place_next();
  void compare(const std::vector<group_id>& candidates);
  /// The request's own model is scored here on the same decoded frames as the groups' models (decision 4): what the
  /// camera saw before encoding would differ even for equal weights.
  void score_own_model(const std::vector<group_id>& candidates, const sample_batch& frames);
  void cannot_compare(const caf::error& failure);
  void score_candidates(const std::vector<group_id>& candidates, const sample_batch& frames);
  void decide();
  void open_job(const placement& decided);
  void finish(const placement& decided);
  void refuse(const error& why);

  // -- membership --------------------------------------------------------------------------------------

  void enter(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why);
  void take_out(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why);
  void end_group(group_id group, const std::string& why);
  /// After a change: the members hear of their part of the plan; a group without members ends.
  void resized(group_id group);

  // -- windows -----------------------------------------------------------------------------------------

  caf::result<eval_report> settle(const window_closed& closed);
  void settled(const window_closed& closed, const eval_report& scores);
  void camera_there(const camera_hello& hello, const camera_actor& device, const ingest_actor& video);
  void bootstrap();
  void open_bootstrap_group(const model_update& initial);
  void tell(std::string_view id, const camera_id& camera, group_id group, std::string text);

  grouper_actor::stateful_pointer<grouper_state> self;
  grouper_config config;
  job_factory make_job;
  allocator_actor allocator;
  model_store_actor models;
  telemetry_actor telemetry;
  grouping policy;
  std::map<camera_id, camera_entry> cameras;
  std::map<group_id, job_entry> jobs;
  std::deque<placing> queue;
  bool placing_now = false;
  window_number window = 0;
  std::optional<group_id> bootstrap_group;
  duration bootstrap_end{};
  bool bootstrap_begun = false;
};

grouper_actor::behavior_type grouper(grouper_actor::stateful_pointer<grouper_state> self, grouper_config config,
                                     job_factory make_job, allocator_actor allocator, model_store_actor models,
                                     telemetry_actor telemetry);

} // namespace ecco
