// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/video_sender.hpp"
#include "runtime/learn/student.hpp"
#include "runtime/policy/drift_detector.hpp"
#include "runtime/video/source.hpp"

namespace ecco {

/// What a camera is made of, made in its own thread.
struct camera_parts {
  std::function<result<std::unique_ptr<frame_source>>()> open_source;
  /// For the student and input size the server names.
  std::function<result<std::unique_ptr<student>>(const camera_welcome&)> make_student;
  encoder_factory make_encoder;
  link_factory connect;
  /// Where a camera that moves is at that time of its stream; without it the camera stays where it is configured.
  std::function<location(duration stream_time)> where;
};

struct camera_config {
  camera_id camera;
  incarnation process;
  location place;
  /// Pictures follow the source's own pace; false takes them as fast as they can be inferred.
  bool real_time = true;
  /// Pictures inferred a second, besides those that are sent.
  double infer_fps = 5;
  drift_detector_options drift;
  rate_options rate;
  /// Stream time at which scripted drift begins (a filter switches), only told to telemetry; none without.
  std::vector<timed_filter> scripted;
};

struct camera_state {
  static constexpr const char* name = "camera";

  explicit camera_state(camera_actor::stateful_pointer<camera_state> selfptr) : self(selfptr) {}

  camera_actor::behavior_type make_behavior();

  // -- the stream ----------------------------------------------------------------------------------

  /// Takes the pictures that are due and schedules the next.
  void advance();
  void see(const source_picture& shown);
  void tell_scripted_drift(duration stream_time);
  void source_failed(const error& why);

  // -- drift and retraining (camera_retraining.cpp) ----------------------------------------------------

  void watch(std::span<const detection> seen);
  void ask(const retrain_request& request);
  caf::result<model_ack> load(const model_update& update);
  model_ack adopt(const model_ref& loaded);

  // -- the server --------------------------------------------------------------------------------------

  void joined(const camera_welcome& welcome);
  /// Opens the media link; tried again for as long as there is a server and no link.
  void connect_video();
  /// Tells of a segment that could not be encoded.
  void tell_lost(const result<void>& sent);
  void report();
  void tell(std::string_view id, double value, std::string text = {});

  camera_actor::stateful_pointer<camera_state> self;
  camera_config config;
  camera_parts parts;

  std::unique_ptr<frame_source> source;
  std::optional<source_picture> next_picture;
  /// When the stream began, by the actor's clock.
  duration began{};
  std::unique_ptr<student> eye;
  /// A model that came before the server said which student it is for.
  std::optional<std::pair<model_update, caf::typed_response_promise<model_ack>>> early;
  model_ref model;
  std::unique_ptr<drift_detector> drift;
  video_sender sender{{}, {}, {}, {}, {}};
  camera_welcome server;
  request_desk_actor desk;
  telemetry_actor telemetry;
  std::uint64_t next_request = 1;
  duration last_inferred = duration::min(), last_report{}, last_connected{};
  std::size_t scripted_told = 0;
  /// In a group, or waiting to be: training segments are sent.
  bool grouped = false;
  std::optional<retrain_request> asked;
  /// When the drift behind `asked` was noticed.
  duration noticed{};
  camera_status status;
};

/// The device side. Spawn it detached when its parts are real: decoding and inference take the thread's time.
camera_actor::behavior_type camera(camera_actor::stateful_pointer<camera_state> self, camera_config config,
                                   camera_parts parts);

} // namespace ecco
