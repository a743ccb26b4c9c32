// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "config/load.hpp"
#include "config/presets.hpp"
#include "deploy/cli.hpp"
#include "deploy/experiment/experiment_json.hpp"
#include "deploy/experiment/experiment_plot.hpp"
#include "deploy/experiment/experiment_run.hpp"
#include "deploy/experiment/experiment_table.hpp"
#include "deploy/experiment_progress.hpp"
#include "deploy/recorded_run.hpp"
#include "deploy/report/text_file.hpp"
#include "deploy/torch_experiment.hpp"
#include "messages/codec.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/base/terminal.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

struct experiment_options {
  fs::path file;
  std::vector<std::string> systems;
  std::string learner, length, seed;
  fs::path json_file, out, record;
};

/// Where the messages of one system go; empty when nobody wants them.
fs::path recording_of(const settings& from, const experiment_options& options) {
  auto out = options.record;
  if (!out.empty() && options.systems.size() > 1)
    out += "." + name_of_system(from);
  return out;
}

/// The settings of each system: the file's, on each of the presets named.
result<std::vector<settings>> settings_of(const common_options& common, const experiment_options& options) {
  auto files = common.config_files;
  files.push_back(options.file);
  auto overrides = common.overrides;
  for (const auto& [path, text] : {std::pair{"experiment.learner=", options.learner},
                                   {"experiment.length=", options.length}, {"seed=", options.seed}})
    if (!text.empty())
      overrides.push_back(path + text);
  std::vector<settings> out;
  for (const auto& system : options.systems.empty() ? std::vector<std::string>{""} : options.systems) {
    auto of_system = overrides;
    if (!system.empty())
      of_system.push_back("preset=" + system);
    auto loaded = load_settings(files, of_system, common.outside);
    if (!loaded)
      return tl::unexpected{loaded.error()};
    if (auto good = check_experiment(*loaded); !good)
      return tl::unexpected{good.error()};
    out.push_back(std::move(*loaded));
  }
  return out;
}

result<virtual_parts> parts_of(const settings& from) {
  return from.experiment.learner == learner_kind::torch ? make_torch_parts(from) : make_curve_parts(from);
}

/// The file of --json: every event of every system, one a line, and the results after them. Written as it happens.
class event_file {
 public:
  ~event_file() {
    if (file_)
      std::fclose(file_);
  }

  result<void> open(const fs::path& path) {
    path_ = path;
    file_ = std::fopen(path.c_str(), "wb");
    return file_ ? result<void>{} : failed();
  }

  void begin(const std::string& system) {
    put(systems_++ == 0 ? "{\"systems\": [\n" : ",\n");
    put("{\"system\": \"" + system + "\", \"events\": [\n");
    events_ = 0;
  }

  void append(const event& what) {
    if (file_)
      put((events_++ == 0 ? "" : ",\n") + to_json(what));
  }

  void end(const std::optional<experiment_result>& result) {
    put("\n],\n\"result\": " + (result ? to_json(*result) : "null") + "}");
  }

  result<void> close() {
    if (!file_)
      return {};
    put("\n]}\n");
    const bool good = std::ferror(file_) == 0;
    return std::fclose(std::exchange(file_, nullptr)) == 0 && good ? result<void>{} : failed();
  }

 private:
  void put(const std::string& text) {
    if (file_)
      std::fwrite(text.data(), 1, text.size(), file_);
  }

  result<void> failed() const {
    return fail(ec::io_failed, path_.string() + ": cannot be written: " + std::strerror(errno),
                "is the folder there, and the disk not full?");
  }

  fs::path path_;
  std::FILE* file_ = nullptr;
  std::size_t systems_ = 0, events_ = 0;
};

result<experiment_result> run_one(const settings& from, virtual_parts parts, const experiment_options& options,
                                  event_file& events, const stop_signal& stop, const common_options& common) {
  auto header = header_of(from, "experiment");
  header.virtual_time = true;
  auto through = make_tap(from, recording_of(from, options), header);
  if (!through)
    return tl::unexpected{through.error()};
  std::optional<experiment_progress> shown;
  if (!common.quiet)
    shown.emplace(name_of_system(from), from.experiment.length, describe_terminal(STDERR_FILENO, common.outside));
  experiment_watch watch;
  watch.through = std::move(*through);
  watch.on_event = [&](const event& what) { events.append(what); };
  watch.go_on = [&](duration now) {
    if (shown)
      shown->now_at(now);
    return !stop.requested();
  };
  events.begin(name_of_system(from));
  auto done = run_experiment(from, std::move(parts), watch);
  events.end(done ? std::optional{*done} : std::nullopt);
  if (shown && done) {
    const auto said = shown->summary(from_seconds(done->facts.seconds));
    shown.reset();
    say(common, "experiment", said);
  }
  return done;
}

/// A picture that cannot be drawn is said and forgiven: the data it shows has been written.
result<void> write_results(const std::vector<experiment_result>& results, const fs::path& folder) {
  if (auto made = make_folder(folder); !made)
    return made;
  if (auto written = write_text(folder / "result.json", to_json(results)); !written)
    return written;
  if (auto written = write_text(folder / "result.txt", to_table(results)); !written)
    return written;
  if (const auto drawn = draw(results, folder); !drawn)
    std::fprintf(stderr, "ecco: no picture: %s\n", render(drawn.error()).c_str());
  return {};
}

int experiment(const common_options& common, const experiment_options& options) {
  const auto systems = settings_of(common, options);
  if (!systems)
    return give_up_on_settings(common, systems.error());
  auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  event_file events;
  if (!options.json_file.empty())
    if (auto opened = events.open(options.json_file); !opened)
      return give_up(common, opened.error());
  std::vector<experiment_result> results;
  for (const auto& from : *systems) {
    auto parts = parts_of(from);
    if (!parts)
      return give_up_on_settings(common, parts.error());
    auto done = run_one(from, std::move(*parts), options, events, **stop, common);
    if (!done)
      return give_up(common, done.error());
    results.push_back(std::move(*done));
    if ((*stop)->requested())
      break;
  }
  std::fputs(to_table(results).c_str(), stdout);
  if (auto written = events.close(); !written)
    return give_up(common, written.error());
  if (!options.out.empty())
    if (auto written = write_results(results, options.out); !written)
      return give_up(common, written.error());
  return (*stop)->requested() ? 128 + (*stop)->number() : exit_code::good;
}

} // namespace

void add_experiment(CLI::App& app, common_options& common, command& chosen) {
  auto options = std::make_shared<experiment_options>();
  auto* sub = app.add_subcommand("experiment", "Run a fleet in virtual time: compare systems, hours in seconds");
  sub->add_option("file", options->file, "Settings with an `experiment` section, e.g. of config/experiments")->required();
  std::vector<std::string> names;
  for (const auto& preset : presets())
    names.emplace_back(preset.name);
  sub->add_option("--system,--preset", options->systems,
                  "Systems to compare under the same budget: naive, ekya, recl, ecco, ecco+recl; by default the file's")
    ->delimiter(',')
    ->check(CLI::IsMember{names});
  sub->add_option("--learner", options->learner, "curve (simulated) or torch (YOLO11 on the file's cameras)");
  sub->add_option("--length", options->length, "Virtual time, e.g. 1h");
  sub->add_option("--seed", options->seed, "All randomness comes from it: the same seed gives the same bytes");
  sub->add_option("--json", options->json_file, "Write every event, with its virtual time, and the results to this file");
  sub->add_option("--record", options->record, "Record every message between actors (`ecco recording`); with several "
                                               "systems each into its own file, FILE.SYSTEM");
  sub->add_option("--out", options->out, "Folder for the table, the results as JSON and a picture of accuracy over time");
  sub->add_option("-c,--config", common.config_files, "More settings, beneath the file; may be repeated");
  sub->add_option("--set", common.overrides, "One setting, e.g. --set window.length=20s; may be repeated");
  sub->add_flag("-q,--quiet", common.quiet, "Only the results");
  sub->footer("examples\n  ecco experiment config/experiments/twenty_cameras.yaml\n"
              "  ecco experiment config/experiments/systems.yaml --system naive,ekya,recl,ecco --out /tmp/compared\n"
              "  ecco experiment config/experiments/systems.yaml --seed 2 --length 10m --json /tmp/events.json");
  sub->callback([&common, &chosen, options] { chosen = [&common, options] { return experiment(common, *options); }; });
}

} // namespace ecco
