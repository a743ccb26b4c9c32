// SPDX-License-Identifier: Apache-2.0
#include "messages/kept_frames.hpp"

#include <utility>

#include "messages/checked_entry.hpp"
#include "messages/kept_frames.capnp.h"
#include "messages/wire_checks.hpp"
#include "messages/wire_parts.hpp"

namespace ecco {

namespace {

constexpr std::size_t most_classes = 65'535;

capnp::Text::Reader shown(const std::string& from) {
  return {from.data(), from.size()};
}

// -- writing --------------------------------------------------------------------------------------------

void write(wire::KeptHeader::Builder to, const kept_header& from) {
  to.setVersion(from.version);
  to.setProgram(shown(from.program));
  auto classes = to.initClasses(static_cast<unsigned>(from.classes.size()));
  for (unsigned i = 0; i < classes.size(); ++i)
    classes.set(i, shown(from.classes[i]));
  to.setFirst(from.first);
}

void write(wire::KeptSegment::Builder to, const labelled_segment& from, std::vector<wire::gap>& gaps) {
  wire::write(to.initVideo(), from.video, gaps);
  auto frames = to.initLabels(static_cast<unsigned>(from.labels.size()));
  for (unsigned i = 0; i < frames.size(); ++i) {
    const auto& labels = from.labels[i];
    frames[i].setLabelled(labels.has_value());
    if (!labels)
      continue;
    auto list = frames[i].initLabels(static_cast<unsigned>(labels->size()));
    for (unsigned k = 0; k < list.size(); ++k)
      wire::write(list[k], (*labels)[k]);
  }
  to.setGroup(from.group.value);
  wire::write(to.initPlace(), from.place);
  to.setArrived(from.arrived.count());
  to.setFirst(from.first);
}

void write(wire::KeptJoining::Builder to, const kept_joining& from) {
  to.setCamera(shown(from.camera.value));
  to.setGroup(from.group.value);
  to.setSince(from.since.count());
  to.setAt(from.at.count());
}

// -- reading --------------------------------------------------------------------------------------------

std::uint64_t frame_number(const place& at, std::uint64_t number) {
  if (number == 0 || number > std::uint64_t{1} << 40)
    refuse(at, "is " + std::to_string(number) + ", not within 1 to 2^40");
  return number;
}

kept_header read(wire::KeptHeader::Reader from) {
  if (from.getVersion() == 0)
    throw error{ec::malformed_data, "header.version is 0", {}};
  if (from.getVersion() > kept_frames_version)
    throw error{ec::unsupported,
                "it is of schema version " + std::to_string(from.getVersion()) + ", this ecco reads "
                    + std::to_string(kept_frames_version),
                "use the ecco that wrote it (" + std::string{from.getProgram().cStr()} + "), or a later one"};
  const place at{"header"};
  kept_header out;
  out.version = from.getVersion();
  out.program = wire::text(at / "program", from.getProgram());
  out.classes = wire::texts(at / "classes", from.getClasses());
  if (out.classes.empty() || out.classes.size() > most_classes)
    refuse(at / "classes", "has " + std::to_string(out.classes.size()) + " names, not 1 to 65535");
  out.first = frame_number(at / "first", from.getFirst());
  return out;
}

labelled_segment read(wire::KeptSegment::Reader from) {
  const place at{"segment"};
  labelled_segment out;
  out.video = wire::read(at / "video", from.getVideo());
  if (out.video.role == sample_role::guard)
    refuse(at / "video" / "role", "is guard, which is never sent");
  out.labels =
      wire::each(at / "labels", from.getLabels(), wire::max_entries,
                 [](const place& here, wire::FrameLabels::Reader frame) {
                   std::optional<std::vector<label>> labels;
                   if (frame.getLabelled())
                     labels = wire::each(here / "labels", frame.getLabels(), wire::max_boxes,
                                         [](const place& one, auto label) { return wire::read(one, label); });
                   return labels;
                 });
  if (out.labels.size() != out.video.frames.size())
    refuse(at / "labels", "has " + std::to_string(out.labels.size()) + " entries for "
                              + std::to_string(out.video.frames.size()) + " frames");
  out.group = group_id{from.getGroup()};
  out.place = wire::read(at / "place", from.getPlace());
  out.arrived = wire::span(at / "arrived", from.getArrived());
  out.first = frame_number(at / "first", from.getFirst());
  return out;
}

kept_joining read(wire::KeptJoining::Reader from) {
  const place at{"joining"};
  return {wire::id<camera_id>(at / "camera", from.getCamera()), group_id{from.getGroup()},
          wire::span(at / "since", from.getSince()), wire::span(at / "at", from.getAt())};
}

kept_entry read(wire::KeptEntry::Reader from) {
  switch (from.which()) {
    case wire::KeptEntry::HEADER: return read(from.getHeader());
    case wire::KeptEntry::SEGMENT: return read(from.getSegment());
    case wire::KeptEntry::JOINING: return read(from.getJoining());
  }
  throw error{ec::malformed_data,
              "entry of unknown kind " + std::to_string(static_cast<unsigned>(from.which())),
              "a later ecco may have made it"};
}

} // namespace

bytes encode_entry(const kept_entry& entry) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::KeptEntry>();
  std::vector<wire::gap> gaps;
  if (const auto* header = std::get_if<kept_header>(&entry))
    write(root.initHeader(), *header);
  else if (const auto* segment = std::get_if<labelled_segment>(&entry))
    write(root.initSegment(), *segment, gaps);
  else
    write(root.initJoining(), std::get<kept_joining>(entry));
  return wire::finish(message, std::move(gaps));
}

result<kept_entry> decode_kept_entry(std::span<const std::uint8_t> data) {
  return wire::decode_checked<kept_entry>(
      data, [](capnp::MessageReader& entry) { return read(entry.getRoot<wire::KeptEntry>()); });
}

} // namespace ecco
