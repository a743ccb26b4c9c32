// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/allocator.hpp"
#include "actors/archivist.hpp"
#include "actors/group_job.hpp"
#include "actors/grouper.hpp"
#include "actors/ingest.hpp"
#include "actors/model_store.hpp"
#include "actors/rate_divider.hpp"
#include "actors/telemetry.hpp"
#include "actors/truth_judge.hpp"
#include "runtime/net/media_link.hpp"

namespace ecco {

/// Everything a server is made of. The parts come from deploy/ (or a test), which knows what is real.
struct server_parts {
  allocator_config allocator;
  grouper_config grouper;
  model_store_config models;
  rate_divider_config rates;
  /// Template for every job; group and initial model are filled in.
  group_job_config job;
  /// Template for every camera's ingest; the camera is filled in.
  ingest_config ingest;
  /// What cameras and workers are told at their welcome; address and token are filled in.
  camera_welcome camera;
  worker_welcome worker;
  /// Cameras that may introduce themselves.
  std::vector<camera_id> known_cameras;
  std::string media_host = "127.0.0.1";
  std::shared_ptr<media_receiver> media;
  std::shared_ptr<revision_store> store;
  decoder_factory make_decoder;
  /// Who writes labelled frames; empty: they are not kept.
  archive_writer_factory archive;
  telemetry_sink sink;
  /// What is exactly known of the cameras; empty: nothing, and nobody measures against it.
  truth_factory truth;
  /// Draws media tokens; handed down from main.
  std::function<std::uint64_t()> draw_token;
};

struct reception_state {
  static constexpr const char* name = "reception";

  struct camera_entry {
    ingest_actor video;
    camera_actor device;
    camera_hello hello;
    courier_actor carrier;
    std::uint64_t media_token = 0;
  };

  explicit reception_state(reception_actor::stateful_pointer<reception_state> selfptr) : self(selfptr) {}

  reception_actor::behavior_type make_behavior();

  void begin(server_parts with);
  /// Is it a camera of ours, and the only one of that name?
  result<void> check(const camera_hello& hello) const;
  result<void> check(const worker_hello& hello) const;
  /// This end of a device's new connection to `peer`. Ends `kept`, its earlier one, which may be half open for as long
  /// as it takes to miss heartbeats: what is under way there fails now, and nothing is sent there any more.
  courier_actor connect(courier_actor& kept, const std::string& device, const courier_actor& peer);
  camera_welcome welcome(const camera_hello& hello, const camera_actor& device);
  /// Starts the camera's ingest when it has none, admits its video, and tells the grouper that it is there.
  void admit(camera_entry& entry);
  void admit(const worker_hello& hello, const gpu_worker_actor& device);
  caf::result<status_report> report();
  caf::result<inject_answer> inject(const inject_order& order);
  std::vector<std::string> actor_names() const;
  void down(const caf::down_msg& what);
  /// Ends the next of our actors; the last one's end is our own.
  void stop_next();

  reception_actor::stateful_pointer<reception_state> self;
  server_parts parts;
  telemetry_actor telemetry;
  allocator_actor allocator;
  model_store_actor models;
  grouper_actor grouper;
  rate_divider_actor rates;
  std::map<camera_id, camera_entry> cameras;
  struct worker_entry {
    courier_actor carrier;
    worker_hello hello;
    /// Our end of it, while it lives.
    gpu_worker_actor device;
  };
  std::map<worker_id, worker_entry> workers;
  /// By the names `ecco inject --to` takes.
  std::map<std::string, caf::actor> by_name;
  /// Why we are stopping, when we are.
  caf::error stopping;
};

/// The server's supervisor: starts its actors, lets devices in, answers `ecco status` and `ecco inject`. An ingest
/// that dies is started anew; when an actor nothing works without dies, or it is told to exit, it stops the others
/// one after the other (allocator, grouper, jobs, ingests, archivist, model store, telemetry: no order is left for one
/// that is gone, and what happens last is still recorded) and quits with that reason.
reception_actor::behavior_type reception(reception_actor::stateful_pointer<reception_state> self, server_parts parts);

} // namespace ecco
