// SPDX-License-Identifier: Apache-2.0
#include "actors/ingest.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/policy/sampling.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

constexpr duration tick = std::chrono::seconds{1};
constexpr duration label_patience = std::chrono::seconds{60};
constexpr duration request_patience = std::chrono::seconds{90};

} // namespace

result<void> ingest_state::check(const encoded_segment& segment) const {
  if (segment.camera != config.camera)
    return fail(ec::invalid_argument, "a segment of " + segment.camera.value + " on the link of " + config.camera.value);
  for (const auto& note : segment.frames)
    if (role_at(config.split, note.media_time) != segment.role || segment.role == sample_role::guard)
      return fail(ec::invalid_argument, "a segment of " + segment.camera.value
                                          + " whose frames do not have the role it claims; nothing of it is used");
  return {};
}

void ingest_state::receive(encoded_segment& segment) {
  if (segment.source == source && segment.sequence < next_sequence)
    return; // repeated after a reconnect
  source = segment.source;
  next_sequence = segment.sequence + 1;
  ++arrived.segments;
  arrived.frames += static_cast<std::uint32_t>(segment.frames.size());
  arrived.received += segment.stream.size();
  const auto refuse = [&](const error& why) {
    self->send(telemetry,
               event{{}, std::string{event_id::segment_refused}, config.camera, group, {}, 0, 0, render(why)});
  };
  if (auto good = check(segment); !good)
    return refuse(good.error());
  auto pictures = decoder->decode(segment);
  if (!pictures)
    return refuse(pictures.error());
  const auto keeping = archiving.begin(segment, camera.place, now(self));
  for (std::size_t i = 0; i < pictures->size(); ++i) {
    auto& note = segment.frames[i];
    frame shot{config.camera, note.media_time, segment.role, std::move((*pictures)[i])};
    waiting.push_back({{std::move(shot), {}, std::move(note.seen), note.seen_by}, now(self), {keeping, i}});
  }
  forget_the_oldest();
  label_next();
}

void ingest_state::forget_the_oldest() {
  for (; waiting.size() > config.waiting; waiting.pop_front())
    archiving.given_up(waiting.front().kept_as, group);
}

void ingest_state::label_next() {
  if (labelling || waiting.empty())
    return;
  labelling = true;
  const auto count = std::min(config.label_batch, waiting.size());
  auto batch = std::make_shared<std::deque<stored>>(waiting.begin(), waiting.begin() + static_cast<long>(count));
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<long>(count));
  label_order order;
  for (const auto& item : *batch)
    order.frames.push_back(item.sample.shot);
  self->request(allocator, label_patience, std::move(order))
    .then(
      [this, batch](labels& said) {
        labelling = false;
        absorb(*batch, said);
        label_next();
      },
      [this, batch](const caf::error&) {
        // No device, or it died: the frames go back and are tried again at the next tick.
        labelling = false;
        waiting.insert(waiting.begin(), batch->begin(), batch->end());
        forget_the_oldest();
      });
}

void ingest_state::absorb(std::deque<stored>& batch, labels& said) {
  if (said.frames.size() != batch.size())
    return; // a teacher that miscounts is not to be trusted with any of them
  sample_batch fresh{config.camera, {}, 0};
  bool probed = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto& item = batch[i];
    item.sample.labels = std::move(said.frames[i]);
    archiving.labelled(item.kept_as, item.sample.labels, group);
    const auto probe = item.sample.shot.role == sample_role::held_out;
    probed |= probe;
    if (!probe && config.adaptive)
      ams.add(item.sample.shot.media_time, item.sample.labels);
    fresh.frames.push_back(item.sample);
    kept.add(std::move(item.sample), item.arrived);
  }
  if (probed)
    score_deployed();
  if (job)
    self->send(job, std::move(fresh));
  answer_subsamples();
  if (config.adaptive && ams.update(now(self)))
    tell_rate();
}

void ingest_state::tell_rate() {
  if (!config.adaptive || !device)
    return;
  auto plan = *config.adaptive;
  plan.train_fps = ams.fps();
  self->send(device, plan);
}

void ingest_state::score_deployed() {
  const auto newest = kept.newest_held_out(config.score_span);
  std::vector<frame_detections> seen;
  for (const auto& sample : newest)
    seen.push_back({sample.seen, sample.labels, static_cast<std::uint64_t>(segment_at(sample.shot.media_time))});
  const auto score = score_camera(config.camera, seen);
  self->send(telemetry, event{{}, std::string{event_id::accuracy_deployed}, config.camera, group, {}, 0, score.map50,
                              std::to_string(score.frames) + " held-out frames, " + std::to_string(score.objects)
                                + " objects"});
  watch(score, newest.back().seen_by);
  if (config.judge)
    self->send(config.judge, sample_batch{config.camera, newest, 0});
}

void ingest_state::watch(const camera_score& score, std::uint32_t runs) {
  if (job || asking || !desk || score.frames < config.least_probes)
    return;
  const auto good = probes.baseline();
  if (!probes.add(score.map50))
    return;
  char text[64];
  std::snprintf(text, sizeof text, "its probes: mAP %.2f, was %.2f", score.map50, good);
  self->send(telemetry, event{{}, std::string{event_id::drift_detected}, config.camera, {}, {}, 0, 1, text});
  asking = true;
  const retrain_request request{request_id{~camera.process.value ^ next_request++}, config.camera, camera.place,
                                config.score_span, request_reason::drift, {runs, {}}};
  self->request(desk, request_patience, request)
    .then([this](const request_answer&) { asking = false; },
          [this](const caf::error&) { asking = false; }); // the next probes ask again
}

void ingest_state::answer_subsamples() {
  std::erase_if(waits, [this](subsample_wait& wait) {
    auto frames = kept.newer_than(wait.asked - wait.order.since);
    const auto late = now(self) >= wait.asked + config.patience;
    if (frames.size() < wait.order.at_least && !late)
      return false;
    if (frames.empty())
      wait.promise.deliver(to_caf({ec::unavailable, "no labelled frame of " + config.camera.value + " arrived within "
                                                      + std::to_string(config.patience / std::chrono::seconds{1}) + " s",
                                   "is its video link up, and is there a GPU worker to label?"}));
    else
      wait.promise.deliver(sample_batch{config.camera, std::move(frames), probes.baseline()});
    return true;
  });
}

void ingest_state::report_arrivals() {
  if (arrived.segments == 0)
    return;
  arrived.camera = config.camera;
  arrived.over = now(self) - reported;
  self->send(telemetry, arrived);
  if (rates)
    self->send(rates, arrived);
  arrived = {};
  reported = now(self);
}

ingest_actor::behavior_type ingest_state::make_behavior() {
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  self->delayed_send(self, tick, due_atom_v);
  return {
    [this](encoded_segment& segment) { receive(segment); },
    [this](const subsample_order& order) -> caf::result<sample_batch> {
      auto promise = self->make_response_promise<sample_batch>();
      waits.push_back({order, now(self), promise});
      answer_subsamples();
      return promise;
    },
    [this](const join_order& order, const group_job_actor& whom) {
      if (job == whom && !order.renew)
        return; // the camera was away for a moment; the job has everything
      job = whom;
      group = order.group;
      probes.reset();
      const auto drifted = now(self) - order.since;
      archiving.joined(config.camera, group, drifted);
      // What the camera showed since its drift began comes along (decision 29), and what it must not forget.
      auto frames = kept.before_drift(drifted, config.before_drift, config.held_out_before_drift);
      std::ranges::move(kept.newer_than(drifted), std::back_inserter(frames));
      self->send(job, sample_batch{config.camera, std::move(frames), 0});
    },
    [this](const leave_order& order) {
      if (order.group != group)
        return;
      job = group_job_actor{};
      group = {};
    },
    [this](const camera_hello& hello, const request_desk_actor& whom) {
      camera = hello;
      desk = whom;
    },
    [this](const camera_actor& whom) {
      device = whom;
      tell_rate(); // it may have missed what it was told before
    },
    [this](const rate_divider_actor& whom) { rates = whom; },
    [this](due_atom) {
      label_next();
      answer_subsamples();
      report_arrivals();
      self->delayed_send(self, tick, due_atom_v);
    },
  };
}

ingest_actor::behavior_type ingest(ingest_actor::stateful_pointer<ingest_state> self, ingest_config config,
                                   decoder_factory make_decoder, allocator_actor allocator,
                                   telemetry_actor telemetry) {
  auto& state = self->state;
  state.config = std::move(config);
  state.kept = recent_frames{state.config.kept_train, state.config.kept_held_out};
  state.decoder = make_decoder();
  state.allocator = std::move(allocator);
  state.telemetry = std::move(telemetry);
  state.reported = now(self);
  if (const auto& archive = state.config.archive)
    state.archiving = frame_archiving{[self, archive](archive_entry one) { self->send(archive, std::move(one)); }};
  return state.make_behavior();
}

} // namespace ecco
