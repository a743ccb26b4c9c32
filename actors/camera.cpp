// SPDX-License-Identifier: Apache-2.0
// A camera's stream and its server. Drift and new models are in camera_retraining.cpp.
#include "actors/camera.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/policy/sampling.hpp"

namespace ecco {

namespace {

constexpr duration reopen_after = std::chrono::seconds{2};
constexpr duration report_every = std::chrono::seconds{1};
/// A camera that cannot keep up with its source skips ahead rather than falling behind for ever.
constexpr duration most_behind = std::chrono::seconds{1};
/// Pictures taken in one turn, so that messages are heard between them.
constexpr int pictures_a_turn = 4;

} // namespace

// -- the stream --------------------------------------------------------------------------------------

void camera_state::advance() {
  if (!source) {
    auto opened = parts.open_source();
    if (!opened)
      return source_failed(opened.error());
    source = std::move(*opened);
    began = now(self);
  }
  for (int i = 0; i < pictures_a_turn; ++i) {
    if (!next_picture) {
      auto read = source->next();
      if (!read)
        return source_failed(read.error());
      next_picture = std::move(*read);
    }
    const auto behind = now(self) - began - next_picture->stream_time;
    if (config.real_time && behind < duration::zero()) {
      self->delayed_send(self, -behind, due_atom_v);
      return;
    }
    const auto shown = std::move(*std::exchange(next_picture, std::nullopt));
    if (!config.real_time || behind < most_behind)
      see(shown);
  }
  self->send(self, due_atom_v);
}

void camera_state::source_failed(const error& why) {
  source = nullptr;
  next_picture.reset();
  if (why.code == ec::end_of_stream) {
    tell_lost(sender.flush());
    tell(event_id::camera_offline, 0, "the source has ended");
    return;
  }
  tell(event_id::camera_offline, 0, render(why));
  self->delayed_send(self, reopen_after, due_atom_v);
}

void camera_state::see(const source_picture& shown) {
  ++status.frames_seen;
  tell_scripted_drift(shown.stream_time);
  if (parts.where)
    status.place = parts.where(shown.stream_time);
  tell_lost(sender.pass(shown.media_time));
  const auto sampled = sender.wants(shown, grouped || asked);
  const auto inferred = sampled || is_due(config.infer_fps, shown.stream_time, last_inferred);
  std::vector<detection> seen;
  if (inferred && eye) {
    last_inferred = shown.stream_time;
    if (auto found = eye->infer(shown.picture)) {
      seen = std::move(*found);
      watch(seen);
    }
  }
  if (sampled)
    sender.add(shown, std::move(seen), model.revision);
  sender.pump(now(self));
  if (!sender.connected() && desk && now(self) - last_connected >= reopen_after)
    connect_video();
  report();
}

void camera_state::tell_scripted_drift(duration stream_time) {
  while (scripted_told < config.scripted.size() && config.scripted[scripted_told].at <= stream_time) {
    const auto& change = config.scripted[scripted_told++];
    if (change.at > duration::zero())
      tell(event_id::drift_injected, seconds_of(change.at), change.chain);
  }
}

// -- the server ----------------------------------------------------------------------------

void camera_state::joined(const camera_welcome& welcome) {
  const auto another_student = welcome.student != server.student || welcome.input_width != server.input_width
                               || welcome.input_height != server.input_height || welcome.classes != server.classes;
  server = welcome;
  sender.begin(welcome.plan);
  if (!eye || another_student) {
    auto made = parts.make_student(welcome);
    if (!made)
      return tell(event_id::camera_offline, 0, render(made.error()));
    eye = std::move(*made);
  }
  if (early) {
    auto [update, promise] = *std::exchange(early, std::nullopt);
    if (auto loaded = eye->load(update.weights); !loaded)
      promise.deliver(to_caf(loaded.error()));
    else
      promise.deliver(adopt(update.model));
  }
  connect_video();
  if (asked)
    ask(*asked);
}

void camera_state::connect_video() {
  last_connected = now(self);
  if (auto connected = sender.connect(server); !connected)
    return tell(event_id::camera_offline, 0, render(connected.error()));
  tell(event_id::camera_online, 0);
}

void camera_state::tell_lost(const result<void>& sent) {
  if (!sent)
    tell(event_id::segment_refused, 0, render(sent.error()));
}

void camera_state::report() {
  if (!telemetry || now(self) - last_report < report_every)
    return;
  last_report = now(self);
  status.camera = config.camera;
  status.frames_sent = sender.frames_sent();
  status.rate = sender.rate();
  if (sender.connected())
    status.bytes_sent = sender.bytes_sent();
  self->send(telemetry, status);
}

void camera_state::tell(std::string_view id, double value, std::string text) {
  if (telemetry)
    self->send(telemetry, event{{}, std::string{id}, config.camera, {}, {}, 0, value, std::move(text)});
}

camera_actor::behavior_type camera_state::make_behavior() {
  self->send(self, due_atom_v);
  return {
    [this](const model_update& update) { return load(update); },
    [this](const gpu_share&) {
      // What it buys comes as a sampling plan; how it weighs on the link is the sender's.
    },
    [this](const sampling_plan& changed) { tell_lost(sender.change(changed)); },
    [this](const rate_plan& changed) { sender.compete(changed); },
    [this](const regroup_event& changed) {
      grouped = changed.kind == regroup_kind::opened || changed.kind == regroup_kind::joined;
      drift->reset();
    },
    [this](const camera_welcome& welcome, const request_desk_actor& whom, const telemetry_actor& sink) {
      desk = whom;
      telemetry = sink;
      joined(welcome);
    },
    [this](adrift_atom) {
      // Inference goes on; there is nobody to send to until the uplink has a server again.
      desk = request_desk_actor{};
      telemetry = telemetry_actor{};
      sender.disconnect();
    },
    [this](due_atom) { advance(); },
    [this](due_atom, const retrain_request& request) {
      if (asked && asked->id == request.id)
        ask(request);
    },
  };
}

camera_actor::behavior_type camera(camera_actor::stateful_pointer<camera_state> self, camera_config config,
                                   camera_parts parts) {
  auto& state = self->state;
  state.config = std::move(config);
  state.sender = video_sender{state.config.camera, state.config.process, std::move(parts.make_encoder),
                              std::move(parts.connect), state.config.rate};
  state.parts = std::move(parts);
  state.drift = make_drift_detector(state.config.drift);
  return state.make_behavior();
}

} // namespace ecco
