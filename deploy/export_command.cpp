// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "deploy/cli.hpp"
#include "deploy/export/export_folder.hpp"
#include "deploy/export/export_time.hpp"
#include "deploy/export/frame_exporter.hpp"
#include "deploy/export/stored_models.hpp"
#include "deploy/export_results.hpp"
#include "deploy/progress.hpp"
#include "runtime/base/signals.hpp"

namespace ecco {

namespace {

constexpr auto results_format = "coco-results";

struct export_options {
  std::filesystem::path state, out;
  std::string group, camera, role = "all", since, until, format;
  bool force = false;
  results_options results;
};

/// What was exported.
struct outcome {
  kept_overview kept;
  std::size_t frames = 0, labels = 0, ignored = 0, left_out = 0;
  /// Of coco-results.
  std::optional<results_summary> results;
};

duration present() {
  return std::chrono::duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch());
}

result<frame_choice> choice_of(const export_options& options) {
  const auto bad = [](const char* option, const error& why) {
    return fail(why.code, std::string{option} + " " + why.what, why.hint);
  };
  frame_choice out;
  if (!options.group.empty()) {
    const auto group = parse_group(options.group);
    if (!group)
      return bad("--group", group.error());
    out.group = *group;
  }
  if (!options.camera.empty())
    out.camera = camera_id{options.camera};
  if (options.role != "all")
    out.role = options.role == "train" ? sample_role::train : sample_role::held_out;
  for (const auto& [name, text, moment] :
       {std::tuple{"--since", &options.since, &out.since}, {"--until", &options.until, &out.until}}) {
    if (text->empty())
      continue;
    const auto read = parse_moment(*text, present());
    if (!read)
      return bad(name, read.error());
    *moment = *read;
  }
  if (out.since >= out.until)
    return fail(ec::invalid_argument, "--since " + options.since + " is not before --until " + options.until);
  return out;
}

void count(outcome& to, const std::vector<exported_frame>& frames) {
  to.frames += frames.size();
  for (const auto& frame : frames)
    for (const auto& one : frame.labels)
      ++(one.ignore ? to.ignored : to.labels);
}

std::unique_ptr<frame_exporter> exporter_of(const export_options& options,
                                            const std::filesystem::path& folder, const kept_overview& kept) {
  const auto format = options.format == "yolo"   ? export_format::yolo
                      : options.format == "coco" ? export_format::coco
                                                 : export_format::cvat;
  return make_exporter(format, folder, kept.classes);
}

nlohmann::json as_json(const export_options& options, const outcome& done) {
  nlohmann::json out{{"ok", true},
                     {"format", options.format},
                     {"folder", options.out.string()},
                     {"frames", done.frames},
                     {"labels", done.labels},
                     {"ignored", done.ignored},
                     {"left_out_labels", done.left_out},
                     {"classes", done.kept.classes},
                     {"faults", nlohmann::json::array()}};
  for (const auto& fault : done.kept.faults)
    out["faults"].push_back({{"code", to_string(fault.code)}, {"message", fault.what}, {"hint", fault.hint}});
  if (done.results) {
    out["detections"] = done.results->detections;
    out["revision"] = done.results->revision;
  }
  return out;
}

std::string text_of(const nlohmann::json& out) {
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Everything between the choice and the folder in its place.
result<outcome> run(const common_options& common, const export_options& options, const stop_signal& stop) {
  const auto choice = choice_of(options);
  if (!choice)
    return tl::unexpected{choice.error()};
  auto folder = export_folder::begin(options.out, options.force);
  if (!folder)
    return tl::unexpected{folder.error()};
  auto kept = look_over(options.state, *choice);
  if (!kept)
    return tl::unexpected{kept.error()};
  outcome done{std::move(*kept), 0, 0, 0, 0, {}};
  std::unique_ptr<results_exporter> results;
  std::unique_ptr<frame_exporter> frames;
  if (options.format == results_format) {
    auto made = results_exporter::make(options.state, *choice, done.kept.classes, options.results);
    if (!made)
      return tl::unexpected{made.error()};
    results = std::move(*made);
  } else {
    frames = exporter_of(options, (*folder)->path(), done.kept);
  }
  progress shown{"export", "frames", done.kept.frames, describe_terminal(STDERR_FILENO, common.outside)};
  auto exported =
      for_each_segment(options.state, *choice, done.kept, [&](const auto& segment) -> result<void> {
        if (stop.requested())
          return fail(ec::unavailable,
                      "stopped after " + std::to_string(done.frames) + " frames; nothing was written");
        if (results)
          if (auto seen = results->add(segment); !seen)
            return seen;
        if (frames)
          for (const auto& frame : segment)
            if (auto written = frames->add(frame); !written)
              return written;
        count(done, segment);
        if (!common.quiet)
          shown.now_at(done.frames);
        return {};
      });
  if (!exported)
    return tl::unexpected{exported.error()};
  if (done.frames == 0)
    return fail(ec::malformed_data, "none of the chosen frames can be decoded, for example "
                                        + (done.kept.faults.empty() ? "" : done.kept.faults.back().what));
  if (results)
    done.results = results->summary();
  if (frames)
    done.left_out = frames->left_out();
  if (auto written = results ? results->finish((*folder)->path()) : frames->finish(); !written)
    return tl::unexpected{written.error()};
  if (auto placed = (*folder)->finish(text_of(as_json(options, done)) + "\n"); !placed)
    return tl::unexpected{placed.error()};
  return done;
}

void say_faults(const std::vector<error>& faults) {
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < std::min(most, faults.size()); ++i)
    std::fprintf(stderr, "ecco export: note: %s; %s\n", faults[i].what.c_str(), faults[i].hint.c_str());
  if (faults.size() > most)
    std::fprintf(stderr, "ecco export: note: and %zu more\n", faults.size() - most);
}

void print(const common_options& common, const export_options& options, const outcome& done) {
  if (!common.quiet)
    say_faults(done.kept.faults);
  if (common.json)
    return (void)std::puts(text_of(as_json(options, done)).c_str());
  auto line = fmt::format("{}: {} frames", options.out.string(), done.frames);
  if (done.results)
    line += fmt::format(", {} detections of revision {}", done.results->detections, done.results->revision);
  else
    line += fmt::format(", {} labels, {} regions to ignore{}", done.labels, done.ignored,
                        done.left_out > 0 ? " (left out: the format has no word for them)" : "");
  std::puts(line.c_str());
}

int export_frames(const common_options& common, const export_options& options) {
  const auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  const auto done = run(common, options, **stop);
  if (!done && (*stop)->requested()) {
    std::fprintf(stderr, "ecco export: %s\n", done.error().what.c_str());
    return 128 + (*stop)->number();
  }
  if (!done)
    return give_up(common, done.error());
  print(common, options, *done);
  return exit_code::good;
}

void add_options(CLI::App& sub, common_options& common, export_options& options) {
  sub.add_option("state", options.state, "The server's state folder (server.state)")->required();
  sub.add_option(
         "--format", options.format,
         "yolo; coco (instances.json); coco-results (what the deployed model sees); cvat (for images 1.1)")
      ->required()
      ->check(CLI::IsMember({"yolo", "coco", results_format, "cvat"}));
  sub.add_option("--out", options.out, "The folder to make")->required();
  sub.add_option("--group", options.group, "Frames that this group was given: 7 or g-0007; by default all");
  sub.add_option("--camera", options.camera, "Frames of this camera; by default of all");
  sub.add_option("--role", options.role, "train, held-out or all")
      ->check(CLI::IsMember({"train", "held-out", "all"}))
      ->capture_default_str();
  sub.add_option("--since", options.since,
                 "Frames that arrived from then on: 2026-11-28T05:10 (UTC), or 90m for so long ago");
  sub.add_option("--until", options.until, "Frames that arrived before then");
  sub.add_flag("--force", options.force, "Replace an earlier export in that folder");
  sub.add_option("--revision", options.results.revision,
                 "For coco-results: the model; by default the newest of the group, or the camera's")
      ->check(CLI::PositiveNumber);
  sub.add_option("--input", options.results.input,
                 "For coco-results: pixels that pictures are fitted into; by default "
                 "those that the model was trained for");
  sub.add_option("--device", options.results.device, "For coco-results: cpu, cuda or cuda:N")
      ->capture_default_str();
  sub.add_option("--least-score", options.results.least_score, "For coco-results: drop detections below")
      ->check(CLI::Range(0., 1.))
      ->capture_default_str();
  sub.add_flag("--json", common.json, "One JSON object");
  sub.add_flag("-q,--quiet", common.quiet, "Only the result");
}

} // namespace

void add_export(CLI::App& app, common_options& common, command& chosen) {
  auto options = std::make_shared<export_options>();
  auto* sub =
      app.add_subcommand("export", "Labelled frames that a server kept: YOLO, COCO, COCO results, CVAT");
  add_options(*sub, common, *options);
  sub->footer("A server keeps frames when server.keep_frames says how many bytes of them, for example 256MB. "
              "Labels are the\n"
              "teacher's, pictures to the last pixel what it saw. The server may go on meanwhile.\n"
              "examples\n"
              "  ecco export ecco-state --group 7 --format yolo --out rain\n"
              "  ecco export ecco-state --camera north --role held-out --format coco --out north\n"
              "  ecco export ecco-state --camera north --role held-out --format coco-results --out seen\n"
              "  ecco eval --truth north/instances.json --results seen/results.json\n"
              "  ecco export ecco-state --since 24h --format cvat --out check --json");
  sub->callback([&common, &chosen, options] {
    chosen = [&common, options] { return export_frames(common, *options); };
  });
}

} // namespace ecco
