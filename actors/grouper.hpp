// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "actors/comparison.hpp"
#include "actors/interfaces.hpp"
#include "runtime/policy/grouping.hpp"
#include "runtime/policy/sampler.hpp"

namespace ecco {

struct grouper_config {
  grouping_options policy;
  /// Labelled frames on which an alarm is checked and a request compared with the candidate groups.
  std::uint32_t subsamples = 32;
  alarm_check_options alarm;
  /// A request that opens a group asks the zoo for a model to begin with.
  bool reuse = false;
  /// What a camera without a group sends; in a group it is what `sampling` makes of it.
  sampling_plan plan;
  /// `whole` is `plan`.
  sampler_options sampling;
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
    /// Revision the job's training began from, and the group that made it; 0 when none did.
    std::uint32_t initial = 0;
    group_id origin;
    /// Window in which it last died.
    std::optional<window_number> died;
  };
  /// A request on its way through Algorithm 2.
  struct placing {
    retrain_request request;
    /// Whoever waits for the answer; a repeated request adds itself.
    std::vector<caf::typed_response_promise<request_answer>> promises;
  };

  explicit grouper_state(grouper_actor::stateful_pointer<grouper_state> selfptr) : self(selfptr), policy{{}} {}

  grouper_actor::behavior_type make_behavior();

  // -- requests, one at a time: three cameras that darken together must find the group of the first ----

  caf::result<request_answer> enqueue(const retrain_request& request);
  void place_next();
  comparison_terms terms_of(const retrain_request& request, const std::vector<group_id>& candidates) const;
  /// The job's weights and the camera's come from the same place: neither is better for having learnt elsewhere.
  bool is_of_same_origin(const job_entry& job, const retrain_request& request) const;
  void decide(const comparison_outcome& compared);
  void open_job(const placement& decided, const std::vector<labelled_frame>& frames);
  void finish(const placement& decided, std::optional<gate_evidence> evidence = {});
  /// The alarm was false: the camera keeps its model.
  void dismiss(const std::string& why);
  void refuse(const error& why);
  /// Takes the request in progress off the queue.
  placing done_placing();

  // -- membership --------------------------------------------------------------------------------------

  void start_job(group_id group, const model_update& initial, group_id origin);
  /// A job that died is started anew from what its members run.
  void job_down(const caf::down_msg& gone);
  void enter(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why,
             std::optional<gate_evidence> evidence = {});
  void take_out(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why);
  void end_group(group_id group, const std::string& why);
  /// After a change: the members hear of their part of the plan; a group without members ends.
  void resized(group_id group);
  /// The allocator's word on a group's window: its members hear of it, and what they are to send for it, if that changed.
  void shared(const gpu_share& share);

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
  rate_divider_actor rates;
  model_store_actor models;
  telemetry_actor telemetry;
  grouping policy;
  sampler plans{{}};
  std::map<camera_id, camera_entry> cameras;
  std::map<group_id, job_entry> jobs;
  /// The group each camera learnt in last.
  std::map<camera_id, group_id> learnt_in;
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
