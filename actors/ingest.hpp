// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "actors/frame_archiving.hpp"
#include "actors/interfaces.hpp"
#include "messages/plan.hpp"
#include "runtime/policy/ams_rate.hpp"
#include "runtime/policy/probe_watch.hpp"
#include "runtime/policy/recent_frames.hpp"
#include "runtime/video/segment_codec.hpp"

namespace ecco {

using decoder_factory = std::function<std::unique_ptr<segment_decoder>()>;

struct ingest_config {
  camera_id camera;
  sample_split split;
  /// Frames in one label order: enough to spread its cost, few enough to be done soon.
  std::size_t label_batch = 16;
  /// Labelled frames kept to train and to score on, and frames that may wait for the teacher; the oldest go first.
  std::size_t kept_train = 384, kept_held_out = 128, waiting = 256;
  /// Frames from before its drift that a camera takes along into a group.
  std::size_t before_drift = 64;
  /// The same of its held-out frames, on which it is measured what its group's models forget; 0: nobody looks.
  std::size_t held_out_before_drift = 0;
  /// The deployed model's accuracy is that of the newest held-out frames, over this long.
  duration score_span = std::chrono::seconds{12};
  /// Fewer held-out frames than this are not held against the camera.
  std::uint32_t least_probes = 4;
  /// How long the grouper waits for subsamples before it gets what there is.
  duration patience = std::chrono::seconds{20};
  /// AMS's adaptive rate: the camera is told to send this plan at a rate that follows its scene. None: somebody else
  /// decides what it sends.
  std::optional<sampling_plan> adaptive;
  /// Hears what was scored; may be nobody.
  truth_judge_actor judge{};
  /// Keeps labelled frames; may be nobody.
  archivist_actor archive{};
};

struct ingest_state {
  static constexpr const char* name = "ingest";

  struct stored {
    labelled_frame sample;
    duration arrived{};
    frame_archiving::ticket kept_as{};
  };
  struct subsample_wait {
    subsample_order order;
    duration asked{};
    caf::typed_response_promise<sample_batch> promise;
  };

  explicit ingest_state(ingest_actor::stateful_pointer<ingest_state> selfptr) : self(selfptr) {}

  ingest_actor::behavior_type make_behavior();

  void receive(encoded_segment& segment);
  result<void> check(const encoded_segment& segment) const;
  /// More wait than may.
  void forget_the_oldest();
  /// Sends the oldest waiting frames to the teacher, unless some are with it already.
  void label_next();
  void absorb(std::deque<stored>& batch, labels& said);
  /// Scores what the camera itself saw against the teacher, on held-out frames: the deployed model's accuracy.
  void score_deployed();
  /// Asks to have the camera retrained when its probes show a drift of the model it runs that it does not notice itself.
  void watch(const camera_score& score, std::uint32_t runs);
  /// AMS: the camera hears of its rate, when that has changed or when it is back.
  void tell_rate();
  void answer_subsamples();
  void report_arrivals();

  ingest_actor::stateful_pointer<ingest_state> self;
  ingest_config config;
  std::unique_ptr<segment_decoder> decoder;
  allocator_actor allocator;
  telemetry_actor telemetry;
  rate_divider_actor rates;
  group_job_actor job;
  group_id group;
  /// The newest segment, to recognise repeated ones.
  incarnation source;
  std::uint64_t next_sequence = 0;
  /// For the teacher's labels.
  std::deque<stored> waiting;
  recent_frames kept{0, 0};
  bool labelling = false;
  std::vector<subsample_wait> waits;
  camera_hello camera;
  camera_actor device;
  ams_rate ams;
  frame_archiving archiving;
  request_desk_actor desk;
  probe_watch probes{{}};
  bool asking = false;
  std::uint64_t next_request = 1;
  arrival_report arrived;
  duration reported{};
};

/// One camera's server side: decodes segments, has them labelled, scores the deployed model on them before they
/// train anything, keeps the newest and hands them to the camera's group.
ingest_actor::behavior_type ingest(ingest_actor::stateful_pointer<ingest_state> self, ingest_config config,
                                   decoder_factory make_decoder, allocator_actor allocator,
                                   telemetry_actor telemetry);

} // namespace ecco
