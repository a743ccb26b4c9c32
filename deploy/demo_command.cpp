// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>
#include <unistd.h>

#include "actors/system_config.hpp"
#include "config/load.hpp"
#include "config/presets.hpp"
#include "demo_config.hpp"
#include "deploy/cli.hpp"
#include "deploy/fleet.hpp"
#include "deploy/report/live_view.hpp"
#include "deploy/run_report.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/base/terminal.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t scheduler_threads = 3;
constexpr duration frame_time = std::chrono::milliseconds{250};

constexpr const char* debian_video = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
constexpr double city_seconds = 150, video_seconds = 285;

struct demo_options {
  std::vector<std::string> policies{"ecco"};
  /// 0: as long as the scene needs.
  double seconds = 0;
  /// Cameras are cut from this file; none: they are those of the city.
  std::optional<fs::path> video;
  fs::path out = "ecco-demo";
  fs::path json_file;
  /// Empty: nothing is recorded.
  fs::path record;
  bool plain = false;
};

/// What makes the built-in configuration the system that is called so. `ecco` is what it is without.
std::vector<std::string> overrides_for(const std::string& policy) {
  if (policy == "ecco")
    return {};
  return {policy == "independent" ? "policy.grouping=independent" : "preset=" + policy};
}

/// Where the networks of the city are: as the environment's ECCO_DEMO_WEIGHTS says, beside an installed program, or in the
/// sources that this program was built from.
result<fs::path> weights_folder(const environment& outside) {
  std::error_code failed;
  const auto program = fs::read_symlink("/proc/self/exe", failed);
  std::vector<fs::path> places{program.parent_path().parent_path() / "share/ecco/weights", ECCO_WEIGHTS};
  if (const auto named = outside.variables.find("ECCO_DEMO_WEIGHTS"); named != outside.variables.end())
    places = {named->second};
  for (const auto& place : places)
    if (fs::is_directory(place, failed))
      return place;
  return fail(ec::not_found, "the folder of weights is at none of its places, the last of which is " + places.back().string(),
              "name it in the environment: ECCO_DEMO_WEIGHTS=FOLDER");
}

/// The built-in configuration for each policy, completed; the first is written where the split processes find it.
result<std::vector<settings>> demo_settings(const common_options& common, const demo_options& options) {
  if (options.video && !fs::exists(*options.video))
    return fail(ec::not_found, options.video->string() + " is not there",
                "install Debian's package opencv-doc, or name another video with --video");
  const auto weights = weights_folder(common.outside);
  if (!weights)
    return tl::unexpected{weights.error()};
  std::error_code failure;
  fs::create_directories(options.out, failure);
  const auto file = fs::absolute(options.out) / "demo.yaml";
  std::ofstream{file} << (options.video ? video_demo : city_demo);
  auto outside = common.outside;
  if (options.video)
    outside.variables["ECCO_DEMO_VIDEO"] = fs::absolute(*options.video);
  outside.variables["ECCO_DEMO_WEIGHTS"] = *weights;
  std::vector<settings> out;
  for (const auto& policy : options.policies) {
    auto overrides = common.overrides;
    for (auto& one : overrides_for(policy))
      overrides.push_back(std::move(one));
    auto from = load_settings(std::vector{file}, overrides, outside);
    if (!from)
      return tl::unexpected{from.error()};
    from->server.state = fs::absolute(options.out);
    out.push_back(std::move(*from));
  }
  std::ofstream written{file, std::ios::trunc};
  written << to_yaml(out.front());
  written.flush();
  if (failure || !written)
    return fail(ec::io_failed, file.string() + " cannot be written", "choose another folder with --out");
  return out;
}

/// Of the video, runs after the first begin with the student the first one learnt, so their clock begins where its bootstrap ended.
result<void> skip_bootstrap(settings& from, const fs::path& models) {
  auto store = open_revision_store(models);
  if (!store)
    return tl::unexpected{store.error()};
  auto known = (*store)->list();
  if (!known)
    return tl::unexpected{known.error()};
  const auto base = std::find_if(known->rbegin(), known->rend(),
                                 [](const revision& one) { return one.group == group_id{1}; });
  if (base == known->rend())
    return fail(ec::not_found, "the first run learnt no student to compare with");
  char folder[16];
  std::snprintf(folder, sizeof folder, "%06u", base->model.revision);
  from.student.weights = models / folder / "weights.safetensors";
  for (auto& [camera, of_camera] : from.cameras)
    for (auto& filter : of_camera.filters)
      filter.at = std::max(duration::zero(), filter.at - from.bootstrap.length);
  return {};
}

/// Where the messages of one run go.
fs::path recording_of(const settings& from, const demo_options& options) {
  auto out = options.record;
  if (!out.empty() && options.policies.size() > 1)
    out += "." + name_of_system(from);
  return out;
}

std::string title_of(const settings& from) {
  return "ecco demo   policy " + name_of_system(from) + "   seed " + std::to_string(from.seed)
         + "   student " + from.student.architecture + "   teacher " + std::string{to_string(from.teacher.kind)};
}

/// Runs the whole fleet in this process until its time is over or a signal comes.
result<run_results> run(const settings& from, duration length, const demo_options& options,
                        const stop_signal& stop, const common_options& common) {
  run_record record;
  std::mutex drawing;
  const auto screen = describe_terminal(STDERR_FILENO, common.outside);
  live_view view{stderr, screen.interactive && !options.plain, {screen.columns, 24, screen.colour, true}};
  view.state().title = title_of(from);
  for (const auto& [camera, of_camera] : from.cameras)
    view.state().camera(camera.value);
  system_config config{actor_network::off, scheduler_threads};
  caf::actor_system system{config};
  auto running = fleet::start(system, from,
                              {[&](const event& what) {
                                 record.append(what);
                                 const std::lock_guard lock{drawing};
                                 if (!common.quiet)
                                   view.append(what);
                               },
                               [&](const camera_status& status) {
                                 record.append(status);
                                 const std::lock_guard lock{drawing};
                                 if (!common.quiet)
                                   view.append(status);
                               }},
                              recording_of(from, options));
  if (!running)
    return tl::unexpected{running.error()};
  const auto kind = from.worker.device.substr(0, from.worker.device.find(':'));
  for (std::uint32_t i = 0; i < from.server.workers; ++i)
    if (auto added = (*running)->add_worker(worker_id{kind + std::to_string(i)}); !added)
      return tl::unexpected{added.error()};
  for (const auto& [camera, of_camera] : from.cameras)
    if (auto added = (*running)->add_camera(camera); !added)
      return tl::unexpected{added.error()};
  const auto began = std::chrono::steady_clock::now();
  for (duration now{}; now < length && !stop.requested() && (*running)->alive();
       now = std::chrono::steady_clock::now() - began) {
    stop.wait_for(frame_time);
    const std::lock_guard lock{drawing};
    if (!common.quiet)
      view.tick(seconds_of(now));
  }
  const bool died = !(*running)->alive();
  running->reset();
  if (died)
    return fail(ec::internal, "an actor that nothing works without has died");
  return summarize(record.snapshot(), facts_of(from));
}

result<std::vector<run_results>> run_all(const std::vector<settings>& systems, const demo_options& options,
                                         const stop_signal& stop, const common_options& common) {
  std::vector<run_results> runs;
  const auto folder = systems.front().server.state;
  for (std::size_t i = 0; i < systems.size(); ++i) {
    auto from = systems[i];
    auto length = from_seconds(options.seconds > 0 ? options.seconds : options.video ? video_seconds : city_seconds);
    from.server.state = folder / options.policies[i];
    std::error_code failure;
    fs::remove_all(from.server.state / "models", failure); // a demo begins with nothing learnt
    if (!runs.empty() && from.student.weights.empty()) {
      if (auto skipped = skip_bootstrap(from, folder / options.policies.front() / "models"); !skipped)
        return tl::unexpected{skipped.error()};
      length -= from.bootstrap.length;
    }
    auto results = run(from, length, options, stop, common);
    if (!results)
      return tl::unexpected{results.error()};
    runs.push_back(std::move(*results));
    if (stop.requested())
      break;
  }
  return runs;
}

int demo(const common_options& common, const demo_options& options) {
  const auto from = demo_settings(common, options);
  if (!from)
    return give_up_on_settings(common, from.error());
  auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  const auto runs = run_all(*from, options, **stop, common);
  if (!runs)
    return give_up(common, runs.error());
  if (auto written = write_report(*runs, options.out, options.json_file, stdout); !written)
    return give_up(common, written.error());
  return (*stop)->requested() ? 128 + (*stop)->number() : exit_code::good;
}

} // namespace

void add_demo(CLI::App& app, common_options& common, command& chosen) {
  auto options = std::make_shared<demo_options>();
  auto* sub = app.add_subcommand("demo", "See it in a minute: drift strikes, cameras group, retrain and recover");
  std::vector<std::string> names{"independent"};
  for (const auto& preset : presets())
    names.emplace_back(preset.name);
  auto* policy = sub->add_option("--policy", options->policies,
                  "ecco, independent (one job a camera), or a preset (naive, ekya, recl, ecco+recl); several compare under "
                  "the same budget: ecco,independent")
    ->delimiter(',')
    ->check(CLI::IsMember{names});
  sub->add_option("--compare", options->policies, "The same as --policy: naive,ekya,recl,ecco")
    ->delimiter(',')
    ->check(CLI::IsMember{names})
    ->excludes(policy);
  sub->add_option("--seconds", options->seconds, "Length of the run: 150, with --video 285")->check(CLI::Range(10.0, 86400.0));
  sub->add_option_function<std::string>(
       "--video",
       [options](const std::string& file) { options->video = file.empty() ? fs::path{debian_video} : fs::path{file}; },
       "On real video: a street with people, vtest.avi of Debian's opencv-doc when no file is named")
    ->expected(0, 1);
  sub->add_option("--out", options->out, "Folder for results, pictures, models and the configuration")->capture_default_str();
  sub->add_option("--json", options->json_file, "Write the results to this file too");
  sub->add_option("--set", common.overrides, "One setting, e.g. --set window.length=20s; may be repeated");
  sub->add_option("--record", options->record, "Record every message between actors (`ecco recording`); with several "
                                               "policies each into its own file, FILE.POLICY");
  sub->add_flag("--plain", options->plain, "Lines instead of a live table");
  sub->add_flag("-q,--quiet", common.quiet, "Only the result");
  sub->footer("Six cameras of a synthetic city have students that know fair weather only. Rain reaches three of them; later one\n"
              "on a car enters the tunnel. A larger network labels what they see.\n"
              "examples\n  ecco demo\n  ecco demo --compare naive,ekya,recl,ecco --json result.json\n  ecco demo --video\n"
              "  ecco demo --set server.workers=2 --out /tmp/try");
  sub->callback([&common, &chosen, options] { chosen = [&common, options] { return demo(common, *options); }; });
}

} // namespace ecco
