// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/dataset_summary.hpp"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/dataset/dataset_source.hpp"
#include "deploy/dataset/read_dataset.hpp"
#include "runtime/dataset/cityflow.hpp"
#include "runtime/video/picture_file.hpp"

namespace ecco {

namespace {

/// CARLA's objects are in pictures, which take their time.
constexpr std::size_t most_decoded = 200;

result<void> count_objects(const dataset_sequence& sequence, dataset_summary& out) {
  std::vector<dataset_summary::of_class> counts;
  for (const auto& one : sequence.classes)
    counts.push_back({one.name, 0, 0});
  std::set<std::pair<std::uint32_t, std::int64_t>> tracks;
  std::size_t decoded = 0;
  for (const auto& frame : sequence.frames) {
    if (!frame.instances.empty() && decoded++ == most_decoded) {
      out.notes.push_back(fmt::format("only the objects of the first {} frames were counted", most_decoded));
      break;
    }
    const auto objects = objects_of(sequence, frame, false);
    if (!objects)
      return tl::unexpected{objects.error()};
    for (const auto& object : *objects) {
      ++counts[object.kind].objects;
      counts[object.kind].not_counted += object.counts ? 0 : 1;
      out.regions += sequence.classes[object.kind].region ? 1 : 0;
      if (object.track >= 0 && !sequence.classes[object.kind].region)
        tracks.emplace(object.kind, object.track);
    }
  }
  out.tracks = tracks.size();
  for (auto& one : counts)
    if (one.objects > 0)
      out.classes.push_back(std::move(one));
  return {};
}

/// A video knows its frames and their size only when it is decoded.
result<void> measure_video(const dataset_sequence& sequence, dataset_summary& out) {
  auto source = open_dataset_source(sequence, false, {});
  if (!source)
    return tl::unexpected{source.error()};
  for (;;) {
    const auto shown = (*source)->next();
    if (!shown && shown.error().code == ec::end_of_stream)
      break;
    if (!shown)
      return tl::unexpected{shown.error()};
    out.width = shown->picture.width;
    out.height = shown->picture.height;
    ++out.frames;
  }
  out.first = 1;
  out.last = static_cast<std::int64_t>(out.frames);
  if (!sequence.frames.empty() && sequence.frames.back().number > out.last)
    return fail(ec::malformed_data,
                fmt::format("{}: gt/gt.txt has objects on frame {}, but the video only {} frames",
                            sequence.video.string(), sequence.frames.back().number, out.last),
                "fetch the video again");
  return {};
}

void measure_pictures(const dataset_sequence& sequence, dataset_summary& out) {
  out.frames = sequence.frames.size();
  out.first = sequence.frames.front().number;
  out.last = sequence.frames.back().number;
  out.width = sequence.frames.front().width;
  out.height = sequence.frames.front().height;
  for (const auto& frame : sequence.frames)
    if (frame.width != out.width || frame.height != out.height) {
      out.width = out.height = 0;
      return;
    }
}

result<void> count_dark_parts(const dataset_sequence& sequence, dataset_summary& out) {
  if (sequence.region_of_interest.empty())
    return {};
  const auto region = read_picture(sequence.region_of_interest);
  if (!region)
    return tl::unexpected{region.error()};
  if (region->width != out.width || region->height != out.height)
    return fail(ec::malformed_data,
                fmt::format("{}: {} x {} pixels, where the video has {} x {}", sequence.region_of_interest.string(),
                            region->width, region->height, out.width, out.height));
  out.standing_regions = dark_parts(*region).size();
  return {};
}

nlohmann::json classes_as_json(const dataset_summary& of) {
  auto out = nlohmann::json::array();
  for (const auto& one : of.classes)
    out.push_back({{"name", one.name}, {"objects", one.objects}, {"not_counted", one.not_counted}});
  return out;
}

} // namespace

result<dataset_summary> summarise(const dataset_place& place, double fps) {
  const auto sequence = read_dataset(place, fps, false);
  if (!sequence)
    return tl::unexpected{sequence.error()};
  dataset_summary out;
  out.place = place;
  out.name = sequence->name;
  out.fps = sequence->fps;
  out.fps_is_assumed = sequence->fps_is_assumed;
  out.offset_seconds = seconds_of(sequence->offset);
  out.has_truth = sequence->has_truth;
  out.notes = sequence->notes;
  if (sequence->video.empty())
    measure_pictures(*sequence, out);
  else if (auto good = measure_video(*sequence, out); !good)
    return tl::unexpected{good.error()};
  out.seconds = static_cast<double>(out.last - out.first + 1) / out.fps;
  if (auto good = count_objects(*sequence, out); !good)
    return tl::unexpected{good.error()};
  if (auto good = count_dark_parts(*sequence, out); !good)
    return tl::unexpected{good.error()};
  return out;
}

std::string as_text(const dataset_summary& of) {
  const auto size = of.width > 0 ? fmt::format("{} x {}", of.width, of.height) : "several sizes";
  auto out = fmt::format("{}  ({}:{})\n", of.name, to_string(of.place.layout), of.place.path);
  out += fmt::format("  frames   {} ({}..{}{}), {}\n", of.frames, of.first, of.last,
                     of.last - of.first + 1 > static_cast<std::int64_t>(of.frames)
                         ? fmt::format(", {} missing", of.last - of.first + 1 - static_cast<std::int64_t>(of.frames))
                         : "",
                     size);
  out += fmt::format("  clock    {} fps{}, {:.2f} s", of.fps, of.fps_is_assumed ? " (assumed)" : "", of.seconds);
  out += of.offset_seconds > 0 ? fmt::format(", begins {:.3f} s after its scene\n", of.offset_seconds) : "\n";
  if (!of.has_truth)
    out += "  labels   none\n";
  for (const auto& one : of.classes)
    out += fmt::format("  {:<24} {:>8} labels{}\n", one.name, one.objects,
                       one.not_counted > 0 ? fmt::format(", {} of them not counted", one.not_counted) : "");
  if (of.tracks > 0)
    out += fmt::format("  tracks   {}\n", of.tracks);
  if (of.regions + of.standing_regions > 0)
    out += fmt::format("  ignored  {} regions on frames, {} on all of them\n", of.regions, of.standing_regions);
  for (const auto& note : of.notes)
    out += "  note     " + note + "\n";
  return out;
}

std::string as_json(const dataset_summary& of) {
  const nlohmann::json out{{"name", of.name},
                           {"layout", to_string(of.place.layout)},
                           {"path", of.place.path},
                           {"source", std::string{to_string(of.place.layout)} + ":" + of.place.path},
                           {"frames", of.frames},
                           {"first", of.first},
                           {"last", of.last},
                           {"fps", of.fps},
                           {"fps_is_assumed", of.fps_is_assumed},
                           {"width", of.width},
                           {"height", of.height},
                           {"seconds", of.seconds},
                           {"offset_seconds", of.offset_seconds},
                           {"has_truth", of.has_truth},
                           {"classes", classes_as_json(of)},
                           {"tracks", of.tracks},
                           {"regions", of.regions},
                           {"standing_regions", of.standing_regions},
                           {"notes", of.notes}};
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace ecco
