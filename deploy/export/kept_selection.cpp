// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/kept_selection.hpp"

#include <algorithm>
#include <utility>

#include "runtime/store/frame_archive.hpp"
#include "runtime/store/kept_frames_reader.hpp"
#include "runtime/video/segment_codec.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// Was it among the frames that the group was given when the camera joined?
bool was_brought(const labelled_segment& segment, const kept_joining& joining) {
  return joining.camera == segment.video.camera && segment.arrived >= joining.since
         && segment.arrived < joining.at;
}

bool was_given(const labelled_segment& segment, group_id group, const std::vector<kept_joining>& joinings) {
  return segment.group == group || std::ranges::any_of(joinings, [&](const kept_joining& one) {
           return one.group == group && was_brought(segment, one);
         });
}

bool is_chosen(const labelled_segment& segment, const frame_choice& choice,
               const std::vector<kept_joining>& joinings) {
  return (!choice.camera || segment.video.camera == *choice.camera)
         && (!choice.role || segment.video.role == *choice.role) && segment.arrived >= choice.since
         && segment.arrived < choice.until && (!choice.group || was_given(segment, *choice.group, joinings));
}

std::size_t labelled_frames(const labelled_segment& segment) {
  return static_cast<std::size_t>(
      std::ranges::count_if(segment.labels, [](const auto& labels) { return labels.has_value(); }));
}

/// Adds what is not there yet.
void unite(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& name : more)
    if (std::ranges::find(all, name) == all.end())
      all.push_back(name);
}

/// The place in `all` of each of `some`. What came to be since `all` was made has none: there are no frames
/// of it.
std::vector<std::optional<std::uint16_t>> places_of(const std::vector<std::string>& some,
                                                    const std::vector<std::string>& all) {
  std::vector<std::optional<std::uint16_t>> out;
  for (const auto& name : some) {
    const auto found = std::ranges::find(all, name);
    out.push_back(found == all.end() ? std::nullopt
                                     : std::optional{static_cast<std::uint16_t>(found - all.begin())});
  }
  return out;
}

template <class T, class Text>
std::string listed(const std::set<T>& all, Text text) {
  std::string out;
  for (const auto& one : all)
    out += (out.empty() ? "" : ", ") + text(one);
  return out.empty() ? "none" : out;
}

result<void> check(const kept_overview& found, const frame_choice& choice, const fs::path& state) {
  const auto group_text = [](group_id id) { return to_string(id); };
  if (choice.group && !found.groups.contains(*choice.group))
    return fail(ec::not_found,
                state.string() + ": no frames of group " + to_string(*choice.group) + " are kept",
                "there are frames of " + listed(found.groups, group_text));
  if (choice.camera && !found.cameras.contains(*choice.camera))
    return fail(ec::not_found, state.string() + ": no frames of camera " + choice.camera->value + " are kept",
                "there are frames of " + listed(found.cameras, [](const camera_id& id) { return id.value; }));
  if (found.frames == 0)
    return fail(ec::not_found, state.string() + ": none of the labelled frames that are kept is so chosen",
                "choose another --role, --since or --until");
  return {};
}

std::vector<exported_frame> decoded(labelled_segment& segment, std::vector<image>& pictures, group_id group,
                                    const std::vector<std::optional<std::uint16_t>>& classes) {
  std::vector<exported_frame> out;
  for (std::size_t i = 0; i < segment.labels.size(); ++i) {
    if (!segment.labels[i])
      continue;
    const auto& note = segment.video.frames[i];
    exported_frame frame{
        segment.first + i, segment.video.camera, group,        segment.video.role,     note.media_time,
        segment.arrived,   segment.place,        note.seen_by, std::move(pictures[i]), {}};
    for (auto& one : *segment.labels[i])
      if (const auto known = classes[one.class_id]) {
        one.class_id = *known;
        frame.labels.push_back(std::move(one));
      }
    out.push_back(std::move(frame));
  }
  return out;
}

} // namespace

result<kept_overview> look_over(const fs::path& state, const frame_choice& choice) {
  std::error_code ignored;
  if (!fs::is_directory(state, ignored))
    return fail(ec::not_found, state.string() + ": there is no such folder",
                "it is server.state of the configuration");
  auto reader = kept_frames_reader::open(state / frames_folder);
  if (!reader && reader.error().code == ec::not_found)
    return fail(ec::not_found, state.string() + ": no labelled frames are kept here",
                "a server keeps them when it is started with --set server.keep_frames=256MB");
  if (!reader)
    return tl::unexpected{reader.error()};
  kept_overview out;
  std::vector<labelled_segment> facts; // without video and labels: a joining may follow what it is about
  while (auto entry = reader->next()) {
    unite(out.classes, reader->classes());
    if (auto* joining = std::get_if<kept_joining>(&*entry)) {
      out.joinings.push_back(std::move(*joining));
      continue;
    }
    auto& segment = std::get<labelled_segment>(*entry);
    out.cameras.insert(segment.video.camera);
    if (segment.group != group_id{})
      out.groups.insert(segment.group);
    segment.video.stream = {};
    for (auto& labels : segment.labels)
      if (labels)
        labels->clear();
    facts.push_back(std::move(segment));
  }
  for (const auto& joining : out.joinings)
    if (std::ranges::any_of(facts, [&](const auto& segment) { return was_brought(segment, joining); }))
      out.groups.insert(joining.group);
  for (const auto& segment : facts)
    if (is_chosen(segment, choice, out.joinings)) {
      ++out.segments;
      out.frames += labelled_frames(segment);
    }
  out.faults = reader->faults();
  if (auto good = check(out, choice, state); !good)
    return tl::unexpected{good.error()};
  return out;
}

result<void> for_each_segment(const fs::path& state, const frame_choice& choice, kept_overview& overview,
                              const std::function<result<void>(const std::vector<exported_frame>&)>& show) {
  auto reader = kept_frames_reader::open(state / frames_folder);
  if (!reader)
    return tl::unexpected{reader.error()};
  overview.faults.clear();
  const auto decoder = make_segment_decoder();
  while (auto entry = reader->next()) {
    auto* segment = std::get_if<labelled_segment>(&*entry);
    if (segment == nullptr || labelled_frames(*segment) == 0
        || !is_chosen(*segment, choice, overview.joinings))
      continue;
    auto pictures = decoder->decode(segment->video);
    if (!pictures) {
      overview.faults.push_back({pictures.error().code,
                                 "frame " + std::to_string(segment->first) + " of "
                                     + segment->video.camera.value
                                     + " and those that came with it: " + pictures.error().what,
                                 "they are left out"});
      continue;
    }
    const auto classes = places_of(reader->classes(), overview.classes);
    if (auto shown = show(decoded(*segment, *pictures, choice.group.value_or(segment->group), classes));
        !shown)
      return shown;
  }
  overview.faults.insert(overview.faults.begin(), reader->faults().begin(), reader->faults().end());
  return {};
}

} // namespace ecco
