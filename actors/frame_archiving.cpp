// SPDX-License-Identifier: Apache-2.0
#include "actors/frame_archiving.hpp"

#include <algorithm>
#include <utility>

namespace ecco {

std::shared_ptr<frame_archiving::open_segment>
frame_archiving::begin(const encoded_segment& video, const location& place, duration now) const {
  if (!hand_over_)
    return nullptr;
  auto out = std::make_shared<open_segment>();
  out->arrived = now;
  out->content.place = place;
  auto& kept = out->content.video;
  kept = {video.camera, video.sequence, video.source, video.role,  video.codec,
          video.width,  video.height,   {},           video.stream};
  for (const auto& note : video.frames)
    kept.frames.push_back({note.media_time, {}, note.seen_by});
  out->content.labels.resize(kept.frames.size());
  return out;
}

void frame_archiving::labelled(const ticket& frame, const std::vector<label>& labels, group_id group) const {
  if (!frame.of)
    return;
  frame.of->content.labels[frame.index] = labels;
  keep(frame, group);
}

void frame_archiving::given_up(const ticket& frame, group_id group) const {
  if (frame.of)
    keep(frame, group);
}

void frame_archiving::keep(const ticket& frame, group_id group) const {
  auto& content = frame.of->content;
  if (frame.index + 1 < content.labels.size()
      || std::ranges::none_of(content.labels, &std::optional<std::vector<label>>::has_value))
    return;
  content.group = group;
  hand_over_({std::make_shared<const archive_content>(std::move(content)), frame.of->arrived});
}

void frame_archiving::joined(const camera_id& camera, group_id group, duration drifted) const {
  if (hand_over_)
    hand_over_({std::make_shared<const archive_content>(kept_joining{camera, group, {}, {}}), drifted});
}

} // namespace ecco
