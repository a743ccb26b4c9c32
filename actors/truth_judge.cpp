// SPDX-License-Identifier: Apache-2.0
#include "actors/truth_judge.hpp"

#include <string>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "runtime/base/event_ids.hpp"
#include "runtime/policy/sampling.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

/// Labels have no scores: all are as sure. What the teacher doubts it does not say.
std::vector<detection> as_detections(const std::vector<label>& labels) {
  std::vector<detection> out;
  for (const auto& one : labels)
    if (!one.ignore)
      out.push_back({one.where, one.class_id, 1, one.shape});
  return out;
}

} // namespace

truth_judge_state::known& truth_judge_state::known_of(const camera_id& camera) {
  const auto [at, is_new] = cameras.try_emplace(camera);
  if (!is_new)
    return at->second;
  auto found = find(camera);
  if (found)
    at->second.truth = std::move(*found);
  else
    give_up(at->second, camera, found.error());
  return at->second;
}

void truth_judge_state::give_up(known& of, const camera_id& camera, const error& why) {
  of = {};
  self->send(telemetry, event{{}, std::string{event_id::truth_unknown}, camera, {}, {}, 0, 0, render(why)});
}

void truth_judge_state::judge(const sample_batch& batch) {
  auto& of = known_of(batch.camera);
  if (!of.truth)
    return;
  std::map<duration, std::vector<label>> recent;
  std::vector<frame_detections> model, labels;
  for (const auto& sample : batch.frames) {
    const auto at = sample.shot.media_time;
    if (const auto kept = of.recent.find(at); kept != of.recent.end()) {
      recent[at] = kept->second;
    } else if (!recent.contains(at)) {
      auto said = of.truth->label_frame(sample.shot);
      if (!said)
        return give_up(of, batch.camera, said.error());
      recent[at] = std::move(*said);
    }
    const auto block = static_cast<std::uint64_t>(segment_at(at));
    model.push_back({sample.seen, recent[at], block});
    labels.push_back({as_detections(sample.labels), recent[at], block});
  }
  of.recent = std::move(recent);
  const auto tell = [&](std::string_view id, const std::vector<frame_detections>& frames) {
    const auto score = average_precision(frames);
    self->send(telemetry, event{{}, std::string{id}, batch.camera, {}, {}, 0, score.map50,
                                std::to_string(frames.size()) + " held-out frames, " + std::to_string(score.objects)
                                  + " objects"});
  };
  tell(event_id::accuracy_truth, model);
  tell(event_id::accuracy_teacher, labels);
}

truth_judge_actor::behavior_type truth_judge(truth_judge_actor::stateful_pointer<truth_judge_state> self,
                                             truth_factory find, telemetry_actor telemetry) {
  self->state.find = std::move(find);
  self->state.telemetry = std::move(telemetry);
  return {[self](const sample_batch& batch) { self->state.judge(batch); }};
}

} // namespace ecco
