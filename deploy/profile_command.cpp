// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "deploy/cli.hpp"
#include "deploy/profile_run.hpp"
#include "deploy/progress.hpp"
#include "deploy/report/profile_plot.hpp"
#include "deploy/sampling_tables.hpp"
#include "deploy/whole_file.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/base/terminal.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

struct profile_options {
  std::string camera, from = "0s", length = "60s";
  std::vector<double> devices{.1, .25, .5, 1}, fps;
  std::vector<std::string> sizes;
  fs::path out = "ecco-profile", table;
};

/// What is to be run.
struct profile_plan {
  profile_scene scene;
  std::vector<double> devices;
  std::vector<sampling_choice> choices;
};

/// What it came to.
struct outcome {
  std::vector<profile_record> runs;
  sampling_table table;
  fs::path table_file;
  picture_files pictures;
  /// Why there is no picture, when there is none.
  std::string no_picture;
};

error about(const char* option, const error& why) {
  return {why.code, std::string{option} + " " + why.what, why.hint};
}

result<camera_id> camera_of(const settings& from, const std::string& wanted) {
  std::string names;
  for (const auto& [id, camera] : from.cameras) {
    names += (names.empty() ? "" : ", ") + id.value;
    if (id.value == wanted || (wanted.empty() && from.cameras.size() == 1))
      return id;
  }
  if (from.cameras.empty())
    return fail(ec::not_found, "the configuration has no cameras", "name a file that has with --config");
  return fail(ec::not_found, wanted.empty() ? "which camera?" : "there is no camera " + wanted,
              "choose one with --camera: " + names);
}

result<profile_plan> plan_of(const settings& from, const profile_options& options) {
  profile_plan out;
  const auto camera = camera_of(from, options.camera);
  if (!camera)
    return tl::unexpected{camera.error()};
  const auto begin = parse_duration(options.from), length = parse_duration(options.length);
  if (!begin)
    return tl::unexpected{about("--from", begin.error())};
  if (!length)
    return tl::unexpected{about("--length", length.error())};
  if (*begin < duration::zero() || *length < std::chrono::seconds{1} || *length > std::chrono::hours{1})
    return fail(ec::invalid_argument, "--length must be between 1s and 1h, and --from not negative");
  out.scene = {*camera, *begin, *length};
  out.devices = options.devices;
  std::sort(out.devices.begin(), out.devices.end());
  out.devices.erase(std::unique(out.devices.begin(), out.devices.end()), out.devices.end());
  auto grid = make_sampling_grid(from.sampling.size);
  if (!options.fps.empty())
    grid.fps = options.fps;
  if (!options.sizes.empty())
    grid.sizes.clear();
  for (const auto& text : options.sizes) {
    const auto size = parse_picture_size(text);
    if (!size)
      return tl::unexpected{about("--sizes", size.error())};
    grid.sizes.push_back(*size);
  }
  for (const auto& size : grid.sizes)
    for (const auto fps : grid.fps)
      out.choices.push_back({fps, size});
  // A table of these must be good.
  for (const auto& choice : out.choices)
    if (auto good = validate(sampling_table{{{0, choice}}, 1}); !good)
      return fail(ec::invalid_argument, "--fps or --sizes: " + good.error().what);
  return out;
}

/// The world before the scene; kept beside the results, so that all runs begin alike.
result<blob> base_of(profiler& runs, const settings& from, const fs::path& file, const may_go_on& go_on) {
  if (fs::exists(file))
    return read_weights(file);
  const auto length = from.student.weights.empty() ? from.bootstrap.length : duration::zero();
  auto base = runs.learn_before(length, go_on);
  if (base)
    if (auto kept = write_whole_file(file, base->view(), existing_file::replace); !kept)
      return tl::unexpected{kept.error()};
  return base;
}

profile_facts facts_of(const settings& from, const profile_plan& plan) {
  const auto& camera = from.cameras.at(plan.scene.camera);
  const auto& split = from.sampling.split;
  std::string filters;
  for (const auto& filter : camera.filters)
    filters += to_text(filter.at) + " " + filter.chain + "; ";
  return {{"camera", plan.scene.camera.value},
          {"source", camera.source},
          {"filters", filters},
          {"from", to_text(plan.scene.from)},
          {"length", to_text(plan.scene.length)},
          {"student", from.student.architecture + " " + to_text(from.student.input)},
          {"weights", from.student.weights.string()},
          {"teacher", std::string{to_string(from.teacher.kind)}},
          {"bitrate", to_text(from.sampling.bitrate)},
          {"split", to_text(split.cycle) + " " + to_text(split.train) + " " + to_text(split.guard) + " "
                        + to_text(split.held_out)},
          {"held_out_fps", to_text(from.sampling.held_out_fps)},
          {"training", to_text(from.training.batch) + " " + to_text(from.training.learning_rate)},
          {"seed", std::to_string(from.seed)}};
}

std::string as_line(const profile_record& run) {
  return fmt::format(
      "{:>4.0f} % of a device   {:>5} frames/s of {:<9} mAP@0.5 {:.3f} +- {:.3f}   {:>4} frames, {:>5} images",
      100 * run.devices, run.choice.fps, to_text(run.choice.size), run.accuracy, run.standard_error, run.frames,
      run.images);
}

/// Runs what is not there yet, sizes and rates outermost: their frames are prepared once.
result<void> run_all(profile_log& log, profiler& runs, const blob& base, const profile_plan& plan,
                     const common_options& common, const may_go_on& go_on) {
  double all = 0, done = 0;
  for (const auto& choice : plan.choices)
    for (const auto devices : plan.devices)
      all += log.has(devices, choice) ? 0 : devices * seconds_of(plan.scene.length);
  auto screen = describe_terminal(STDERR_FILENO, common.outside);
  screen.interactive = false; // a line that moves would get in the way of the lines of runs
  progress shown{"profile", "seconds of device time", static_cast<std::size_t>(all), screen};
  for (const auto& choice : plan.choices) {
    bool prepared = false;
    for (const auto devices : plan.devices) {
      if (log.has(devices, choice))
        continue;
      if (!prepared)
        if (auto ready = runs.prepare(choice, go_on); !ready)
          return ready;
      prepared = true;
      const auto run = runs.run(base, devices, go_on);
      if (!run)
        return tl::unexpected{run.error()};
      if (auto kept = log.append(*run); !kept)
        return kept;
      done += devices * seconds_of(plan.scene.length);
      if (common.quiet)
        continue;
      std::fprintf(stderr, "ecco profile: %s\n", as_line(*run).c_str());
      shown.now_at(static_cast<std::size_t>(done));
    }
  }
  return {};
}

result<outcome> finish(const settings& from, const profile_plan& plan, const profile_options& options,
                       std::span<const profile_record> runs) {
  outcome out;
  // Runs of an earlier start with other budgets count, too.
  out.runs.assign(runs.begin(), runs.end());
  out.table = table_of(runs);
  if (out.table.levels.empty())
    return fail(ec::invalid_argument, "no run has an accuracy: the held-out frames show no object",
                "profile another part with --from and --length");
  out.table_file = options.table.empty() ? options.out / "sampling.yaml" : options.table;
  sampling_tables tables;
  if (fs::exists(out.table_file)) {
    auto there = read_sampling_tables(out.table_file);
    if (!there)
      return tl::unexpected{there.error()};
    tables = std::move(*there);
  }
  tables.cameras[plan.scene.camera] = out.table;
  if (auto written = write_sampling_tables(out.table_file, tables); !written)
    return tl::unexpected{written.error()};
  const auto title = fmt::format("{}: {} from {}, {} of video, {} at {}", plan.scene.camera.value,
                                 from.student.architecture, to_text(plan.scene.from), to_text(plan.scene.length),
                                 to_string(from.teacher.kind), to_text(from.sampling.bitrate));
  if (auto drawn = draw_profile(runs, title, options.out); drawn)
    out.pictures = *drawn;
  else
    out.no_picture = render(drawn.error());
  return out;
}

void print(const common_options& common, const outcome& done) {
  if (common.json) {
    nlohmann::json out{{"ok", true},
                       {"table_file", done.table_file.string()},
                       {"picture", done.pictures.png.string()},
                       {"pixels_per_second", pixel_rate_of(done.runs)}};
    for (const auto& run : done.runs)
      out["runs"].push_back(nlohmann::json::parse(to_json(run)));
    for (const auto& level : done.table.levels)
      out["levels"].push_back(
          {{"pixels_per_second", level.budget}, {"fps", level.choice.fps}, {"size", to_text(level.choice.size)}});
    std::puts(out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  std::fputs(fmt::format("a device trains on {:.0f} pixels a second\n\n{:>18}  {:>8}  {}\n", pixel_rate_of(done.runs),
                         "PIXELS A SECOND", "FRAMES/S", "SIZE")
                 .c_str(),
             stdout);
  for (const auto& level : done.table.levels)
    std::fputs(
        fmt::format("{:>18.0f}  {:>8}  {}\n", level.budget, level.choice.fps, to_text(level.choice.size)).c_str(),
        stdout);
  std::fputs(fmt::format("\ntable    {}\npicture  {}\n", done.table_file.string(),
                         done.no_picture.empty() ? done.pictures.png.string() : "none: " + done.no_picture)
                 .c_str(),
             stdout);
}

result<outcome> work(const settings& from, const profile_plan& plan, const profile_options& options,
                     const common_options& common, const may_go_on& go_on) {
  std::error_code failure;
  fs::create_directories(options.out, failure);
  if (failure)
    return fail(ec::io_failed, options.out.string() + " cannot be made: " + failure.message(),
                "choose another folder with --out");
  auto log = profile_log::open(options.out / "runs.jsonl", facts_of(from, plan));
  if (!log)
    return tl::unexpected{log.error()};
  const auto missing = std::any_of(plan.choices.begin(), plan.choices.end(), [&](const auto& choice) {
    return std::any_of(plan.devices.begin(), plan.devices.end(),
                       [&](double devices) { return !log->has(devices, choice); });
  });
  if (!common.quiet && !log->runs().empty())
    std::fprintf(stderr, "ecco profile: %zu runs are there already\n", log->runs().size());
  if (missing) {
    auto runs = profiler::make(from, plan.scene, go_on);
    if (!runs)
      return tl::unexpected{runs.error()};
    const auto base = base_of(**runs, from, options.out / "base.safetensors", go_on);
    if (!base)
      return tl::unexpected{base.error()};
    if (auto ran = run_all(*log, **runs, *base, plan, common, go_on); !ran)
      return tl::unexpected{ran.error()};
  }
  return finish(from, plan, options, log->runs());
}

int profile(const common_options& common, const profile_options& options) {
  const auto from = settings_for(common);
  if (!from)
    return give_up_on_settings(common, from.error());
  const auto plan = plan_of(*from, options);
  if (!plan)
    return give_up(common, plan.error());
  const auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  const auto done = work(*from, *plan, options, common, [&asked = **stop] { return !asked.requested(); });
  if (!done && (*stop)->requested()) {
    std::fprintf(stderr, "ecco profile: %s\n", render(done.error()).c_str());
    return 128 + (*stop)->number();
  }
  if (!done)
    return give_up(common, done.error());
  print(common, *done);
  return exit_code::good;
}

} // namespace

void add_profile(CLI::App& app, common_options& common, command& chosen) {
  auto* sub =
      app.add_subcommand("profile", "Find the frame rate and picture size that teach a camera best at each GPU budget");
  auto options = std::make_shared<profile_options>();
  add_config_options(*sub, common);
  sub->add_option("--camera", options->camera, "Which of the configuration's cameras");
  sub->add_option("--from", options->from,
                  "Where the scene begins, in the stream's time; before it is the world that the student knows")
      ->capture_default_str();
  sub->add_option("--length", options->length, "How long the scene is")->capture_default_str();
  sub->add_option("--devices", options->devices, "GPU budgets: parts of one device's time over that length")
      ->delimiter(',')
      ->check(CLI::Range(.001, 1.))
      ->capture_default_str();
  sub->add_option("--fps", options->fps, "Frame rates; else 0.5,1,2,5,10")->delimiter(',')->check(CLI::Range(.05, 60.));
  sub->add_option("--sizes", options->sizes, "Picture sizes, as 320x192; else five up to sampling.size")
      ->delimiter(',');
  sub->add_option("--out", options->out, "Folder for results: what is there already is not run again")
      ->capture_default_str();
  sub->add_option("--table", options->table,
                  "File of tables to put the camera's into; else sampling.yaml in that folder");
  sub->add_flag("--json", common.json, "One JSON object at the end");
  sub->add_flag("-q,--quiet", common.quiet, "Only the result");
  sub->footer(
      "Each run trains a student on real frames for its part of the time, labelling included. Stopped or killed\n"
      "anywhere, start it again: at most the run in progress is lost. Then set sampling.mode: table and\n"
      "sampling.table to the file it wrote.\n"
      "examples\n"
      "  ecco profile -c city.yaml --camera north_gate --length 2m\n"
      "  ecco profile -c city.yaml --camera north_gate --devices 0.1,0.5 --fps 1,5 --sizes 320x192,640x384 --json");
  sub->callback([&common, &chosen, options] { chosen = [&common, options] { return profile(common, *options); }; });
}

} // namespace ecco
