// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "actors/cross_evaluation.hpp"
#include "actors/interfaces.hpp"
#include "actors/placing_batch.hpp"
#include "runtime/policy/grouping.hpp"
#include "runtime/policy/placing.hpp"
#include "runtime/policy/sampler.hpp"
#include "runtime/store/seating_store.hpp"

namespace ecco {

struct grouper_config {
  grouping_options policy;
  /// Labelled frames on which an alarm is checked and a request compared with the candidate groups.
  std::uint32_t subsamples = 32;
  alarm_check_options alarm;
  /// A request that opens a group asks the zoo for a model to begin with, and so does a group that drifted as a whole.
  bool reuse = false;
  /// What a camera without a group sends; in a group it is what `sampling` makes of it.
  sampling_plan plan;
  /// `whole` is `plan`.
  sampler_options sampling;
  /// Where it is kept who learns with whom, and what was there when the server started.
  std::shared_ptr<seating_store> store = std::make_shared<memory_keeper<seating>>();
  seating kept;
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
    /// It said where it is since its hello: that is where to look for it, whatever place a request names.
    bool moves = false;
    /// It last said that it is in another group than it is.
    bool astray = false;
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
    /// How far it fell in the group it was taken out of; 0 when it asks by itself.
    double fall = 0;
    /// Whoever waits for the answer; a repeated request adds itself.
    std::vector<caf::typed_response_promise<request_answer>> promises;
  };
  /// A new group whose job is about to be started.
  struct founding {
    group_id group;
    /// The founder first.
    std::vector<placed_request> members;
    /// The founder's model; empty when it must be fetched.
    model_update initial;
    /// Of the drifted scenes of all, for the zoo to find a better one.
    std::vector<labelled_frame> frames;
    std::function<void()> done;
  };

  explicit grouper_state(grouper_actor::stateful_pointer<grouper_state> selfptr) : self(selfptr), policy{{}} {}

  grouper_actor::behavior_type make_behavior();

  // -- requests: those that may share a group are placed together, those far apart beside each other ------

  caf::result<request_answer> enqueue(const retrain_request& request);
  void place_waiting();
  void begin_batch(const std::vector<camera_id>& together);
  placing_entry entry_of(const camera_id& camera) const;
  std::vector<placing_terms::candidate> candidates_of(const retrain_request& request) const;
  scored_request scored_of(const placing_entry& entry);
  void decide(placing_batch& batch);
  void open_job(const founding& founded);
  void opened(const founding& founded, const model_update& initial);
  /// The camera is in its group: it hears of it, and so does who asked.
  void finish(const placed_request& placed, std::optional<gate_evidence> evidence = {});
  void answer(const camera_id& camera, const placement& where);
  void refuse(const founding& founded, const error& why);
  /// All requests of the batch have their place: those that waited for it are next.
  void close_batch(const placing_batch& batch);

  // -- membership --------------------------------------------------------------------------------------

  void start_job(group_id group, const model_update& initial, group_id origin);
  /// A job that died is started anew from what its members run.
  void job_down(const caf::down_msg& gone);
  void enter(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why,
             std::optional<gate_evidence> evidence = {});
  void take_out(const camera_id& camera, group_id group, regroup_kind kind, const std::string& why);
  void end_group(group_id group, const std::string& why);
  /// The whole group drifted: what its members showed before does not count any more (decision 8).
  void renew(group_id group);
  /// Its job is shown the new world, and asks the zoo whether it is known there.
  void consult_zoo(group_id group);
  /// After a change: the members hear of their part of the plan; a group without members ends.
  void resized(group_id group);
  /// The allocator's word on a group's window: its members hear of it, and what they are to send for it, if that changed.
  void shared(const gpu_share& share);

  // -- cameras that come (back) (grouper_seats.cpp) ---------------------------------------------------

  void camera_there(const camera_hello& hello, const camera_actor& device, const ingest_actor& video);
  /// The camera was in this group before the server started anew: the group's job begins anew from what it runs.
  void reopen(group_id group, const camera_id& first);
  /// Who learns with whom is written, for a server that starts anew.
  void keep_seats();

  // -- windows -----------------------------------------------------------------------------------------

  caf::result<eval_report> settle(const window_closed& closed);
  void settled(const window_closed& closed, const eval_report& scores);
  void take_out_misfits(window_number closed, const eval_report& scores);
  /// Has groups near each other try their models on each other's members, in the course of the next window.
  void compare_groups();
  void unite(const std::vector<cross_evaluation>& measured);
  /// Where a camera is, and the group it takes itself to be in: when it is wrong about that twice, so that no news is
  /// on its way to it, it is told again.
  void hear(const camera_status& status);
  void remind(const camera_id& camera, group_id told, group_id group);
  void bootstrap();
  void open_bootstrap_group(const model_update& initial);
  void tell(std::string_view id, const camera_id& camera, group_id group, std::string text, double value = 0);

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
  std::map<camera_id, placing> asking;
  /// Those of them that are in no batch yet, the first to ask first.
  std::deque<camera_id> waiting;
  std::vector<std::shared_ptr<placing_batch>> batches;
  /// How the model that each camera runs did at the end of the last window, where that was scored.
  std::map<camera_id, camera_score> running;
  window_number window = 0;
  std::optional<group_id> bootstrap_group;
  duration bootstrap_end{};
  bool bootstrap_begun = false;
};

grouper_actor::behavior_type grouper(grouper_actor::stateful_pointer<grouper_state> self, grouper_config config,
                                     job_factory make_job, allocator_actor allocator, model_store_actor models,
                                     telemetry_actor telemetry);

} // namespace ecco
