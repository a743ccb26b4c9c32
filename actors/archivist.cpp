// SPDX-License-Identifier: Apache-2.0
#include "actors/archivist.hpp"

#include <string>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

std::size_t frames_of(const archive_entry& entry) {
  const auto* segment = std::get_if<labelled_segment>(entry.content.get());
  return segment ? segment->labels.size() : 0;
}

/// Who it is about, in which group.
std::pair<camera_id, group_id> whose(const archive_entry& entry) {
  if (const auto* segment = std::get_if<labelled_segment>(entry.content.get()))
    return {segment->video.camera, segment->group};
  const auto& joining = std::get<kept_joining>(*entry.content);
  return {joining.camera, joining.group};
}

result<void> keep(frame_archive& archive, const archive_entry& entry, duration age) {
  if (const auto* segment = std::get_if<labelled_segment>(entry.content.get()))
    return archive.keep(*segment, age);
  const auto& joining = std::get<kept_joining>(*entry.content);
  return archive.joined(joining.camera, joining.group, age);
}

} // namespace

std::size_t bytes_of(const archive_entry& entry) {
  std::size_t out = sizeof(labelled_segment);
  const auto* segment = std::get_if<labelled_segment>(entry.content.get());
  if (!segment)
    return out;
  out += segment->video.stream.size() + segment->video.frames.size() * sizeof(segment->video.frames[0]);
  for (const auto& labels : segment->labels) {
    out += sizeof labels;
    if (!labels)
      continue;
    out += labels->size() * sizeof(label);
    for (const auto& one : *labels)
      for (const auto& ring : one.shape.rings)
        out += ring.size() * sizeof(ring[0]);
  }
  return out;
}

void archivist_state::take(archive_entry entry) {
  const auto size = bytes_of(entry);
  if (bytes + size > config.most_waiting)
    return lose(entry, {ec::unavailable,
                        std::to_string(waiting.size()) + " segments wait for the disk, and no more may",
                        "a faster disk for server.state, or server.keep_frames: 0B"});
  bytes += size;
  waiting.push_back({std::move(entry), size});
  write_next();
}

void archivist_state::write_next() {
  if (writing || waiting.empty())
    return;
  writing = true;
  const auto next = std::make_shared<const waiting_entry>(std::move(waiting.front()));
  waiting.pop_front();
  self->request(writer, caf::infinite, next->entry)
    .then([this, next](const archive_entry&) { end(*next, {}); },
          [this, next](const caf::error& why) { end(*next, from_caf(why)); });
}

void archivist_state::end(const waiting_entry& one, const std::optional<error>& why) {
  writing = false;
  bytes -= one.bytes;
  if (why)
    lose(one.entry, *why);
  else if (waiting.empty())
    tell_of_losses();
  if (stopping && waiting.empty())
    return leave();
  write_next();
}

void archivist_state::lose(const archive_entry& entry, const error& why) {
  if (!std::exchange(losing, true)) {
    const auto [camera, group] = whose(entry);
    self->send(telemetry, event{{}, std::string{event_id::frames_unkept}, camera, group, {}, 0, 0, render(why)});
  }
  lost += frames_of(entry);
}

void archivist_state::tell_of_losses() {
  if (!std::exchange(losing, false))
    return;
  self->send(telemetry, event{{}, std::string{event_id::frames_kept}, {}, {}, {}, 0, static_cast<double>(lost), {}});
  lost = 0;
}

void archivist_state::stop(const caf::error& reason) {
  if (stopping)
    return;
  stopping = reason;
  if (!writing)
    return leave();
  self->delayed_send(self, config.patience, due_atom_v);
}

void archivist_state::give_up() {
  for (const auto& one : std::exchange(waiting, {}))
    lose(one.entry, {ec::timed_out, "the disk takes too long, and the server stops", {}});
  leave();
}

void archivist_state::leave() {
  tell_of_losses();
  self->send_exit(writer, caf::exit_reason::user_shutdown);
  self->quit(*stopping);
}

archivist_actor::behavior_type archivist_state::make_behavior() {
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  self->set_exit_handler([this](const caf::exit_msg& told) {
    if (told.source != writer.address()) // without it everything is lost, which is told
      stop(told.reason);
  });
  return {
    [this](const archive_entry& entry) { take(entry); },
    [this](due_atom) { give_up(); },
  };
}

archivist_actor::behavior_type archivist(archivist_actor::stateful_pointer<archivist_state> self,
                                         archivist_config config, archive_writer_factory make_writer,
                                         telemetry_actor telemetry) {
  auto& state = self->state;
  state.config = config;
  state.writer = make_writer(self->system());
  self->link_to(state.writer); // however this ends, a thread is not left behind
  state.telemetry = std::move(telemetry);
  return state.make_behavior();
}

archive_writer_actor::behavior_type archive_writer(archive_writer_actor::pointer self,
                                                   std::shared_ptr<frame_archive> archive) {
  return {[self, archive = std::move(archive)](const archive_entry& entry) -> caf::result<archive_entry> {
    if (auto kept = keep(*archive, entry, now(self) - entry.at); !kept)
      return to_caf(kept.error());
    return entry;
  }};
}

} // namespace ecco
