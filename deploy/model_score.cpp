// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "config/units.hpp"
#include "deploy/labelled_pictures.hpp"
#include "deploy/loaded_model.hpp"
#include "deploy/model_commands.hpp"
#include "deploy/progress.hpp"
#include "deploy/source_list.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

constexpr std::size_t batch = 8;

struct model_score_options {
  std::vector<std::filesystem::path> weights;
  std::filesystem::path sources;
  std::vector<std::string> names;
  std::string input = "320x192", device = "cpu";
  std::size_t pictures = 25;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

/// Average precision of one model in one condition.
struct standing {
  std::string condition;
  std::size_t pictures = 0;
  precision_summary precision;
};

struct model_standings {
  std::filesystem::path file;
  std::string architecture;
  std::vector<standing> conditions;
};

using labelled_sources = std::vector<std::vector<labelled_frame>>;

result<std::vector<frame_detections>> looked_at(torch_detector& model, std::span<const labelled_frame> frames) {
  std::vector<frame_detections> out;
  for (std::size_t from = 0; from < frames.size(); from += batch) {
    const auto part = frames.subspan(from, std::min(batch, frames.size() - from));
    std::vector<const image*> pictures;
    for (const auto& one : part)
      pictures.push_back(&one.shot.picture);
    auto seen = model.detect(pictures);
    if (!seen)
      return tl::unexpected{seen.error()};
    for (std::size_t i = 0; i < part.size(); ++i)
      out.push_back({std::move((*seen)[i]), part[i].labels, from + i});
  }
  return out;
}

/// One standing a condition, and one of all together. @param frames source by source, in the order of the list
result<model_standings> standings_of(const std::filesystem::path& file, loaded_model& model,
                                     const std::vector<condition_sources>& conditions, const labelled_sources& frames,
                                     const std::function<bool()>& source_done) {
  model_standings out{file, model.spec.architecture, {}};
  std::vector<frame_detections> all;
  auto next = frames.begin();
  for (const auto& [name, sources] : conditions) {
    std::vector<frame_detections> here;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      auto seen = looked_at(*model.detector, *next++);
      if (!seen)
        return tl::unexpected{seen.error()};
      here.insert(here.end(), seen->begin(), seen->end());
      if (!source_done())
        return fail(ec::unavailable, "stopped");
    }
    out.conditions.push_back({name, here.size(), average_precision(here)});
    all.insert(all.end(), here.begin(), here.end());
  }
  out.conditions.push_back({"all", all.size(), average_precision(all)});
  return out;
}

/// The classes to be scored: those that are named, or those that every file says.
result<std::vector<std::string>> names_for(const model_score_options& options, const std::vector<loaded_model>& models) {
  auto names = options.names.empty() ? class_names(models.front().facts) : options.names;
  for (std::size_t i = 0; i < models.size(); ++i)
    if (names.size() != models[i].facts.student.classes
        || (options.names.empty() && class_names(models[i].facts) != names))
      return fail(ec::shape_mismatch,
                  options.weights[i].string() + fmt::format(": its {} classes are not those that are scored ({})",
                                                            models[i].facts.student.classes, names.size()),
                  "name them with --names, in their order");
  return names;
}

result<std::vector<model_standings>> run(const common_options& common, const model_score_options& options,
                                         const stop_signal& stop) {
  const auto size = parse_picture_size(options.input);
  if (!size)
    return fail(ec::invalid_argument, "--input " + size.error().what, size.error().hint);
  const auto conditions = read_source_list(options.sources);
  if (!conditions)
    return tl::unexpected{conditions.error()};
  const auto device = find_device(options.device);
  if (!device)
    return tl::unexpected{device.error()};
  std::vector<loaded_model> models;
  for (const auto& file : options.weights) {
    detection_options detecting;
    detecting.least_score = .001F; // as validated elsewhere: precision at low scores counts
    detecting.overlap = .7F;
    detecting.device = *device;
    auto model = load_model(file, *size, detecting);
    if (!model)
      return tl::unexpected{model.error()};
    models.push_back(std::move(*model));
  }
  const auto names = names_for(options, models);
  if (!names)
    return tl::unexpected{names.error()};
  const auto sources = all_sources(*conditions);
  settings teaching;
  teaching.classes = *names;
  teaching.teacher.kind = teacher_kind::labels;
  progress shown{"model score", "sources", sources.size() * (1 + models.size()),
                 describe_terminal(STDERR_FILENO, common.outside)};
  std::mutex showing;
  std::size_t done = 0;
  const auto one_more = [&] {
    const std::lock_guard one_at_a_time{showing};
    ++done;
    if (!common.quiet)
      shown.now_at(done);
    return !stop.requested();
  };
  use_threads(1); // sources are read side by side
  const auto frames =
      read_labelled_pictures(sources, teaching, {options.pictures, options.threads, {}, [&](std::size_t) { return one_more(); }});
  if (!frames)
    return tl::unexpected{frames.error()};
  use_threads(static_cast<int>(options.threads));
  std::vector<model_standings> out;
  for (std::size_t i = 0; i < models.size(); ++i) {
    auto found = standings_of(options.weights[i], models[i], *conditions, *frames, one_more);
    if (!found)
      return tl::unexpected{found.error()};
    out.push_back(std::move(*found));
  }
  return out;
}

nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

nlohmann::json as_json(const std::vector<model_standings>& all) {
  nlohmann::json out{{"ok", true}, {"models", nlohmann::json::array()}};
  for (const auto& model : all) {
    nlohmann::json conditions = nlohmann::json::array();
    for (const auto& one : model.conditions)
      conditions.push_back({{"condition", one.condition},
                            {"pictures", one.pictures},
                            {"objects", one.precision.objects},
                            {"map50", number(one.precision.map50)},
                            {"map", number(one.precision.map)}});
    out["models"].push_back(
        {{"file", model.file.string()}, {"architecture", model.architecture}, {"conditions", conditions}});
  }
  return out;
}

std::string as_text(const std::vector<model_standings>& all) {
  auto out = fmt::format("{:<14}{:>9}{:>9}", "mAP@.5 (mAP)", "pictures", "objects");
  for (const auto& model : all)
    out += fmt::format("  {:>16}", model.file.stem().string());
  out += '\n';
  for (std::size_t i = 0; i < all.front().conditions.size(); ++i) {
    const auto& first = all.front().conditions[i];
    out += fmt::format("{:<14}{:>9}{:>9}", first.condition, first.pictures, first.precision.objects);
    for (const auto& model : all)
      out += fmt::format("  {:>8.3f} ({:>5.3f})", model.conditions[i].precision.map50, model.conditions[i].precision.map);
    out += '\n';
  }
  return out;
}

int model_score(const common_options& common, const model_score_options& options) {
  const auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  const auto done = run(common, options, **stop);
  if (!done && (*stop)->requested()) {
    std::fprintf(stderr, "ecco model score: %s\n", done.error().what.c_str());
    return 128 + (*stop)->number();
  }
  if (!done)
    return give_up(common, done.error());
  const auto text = common.json ? as_json(*done).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                                : as_text(*done);
  std::fputs(text.c_str(), stdout);
  return exit_code::good;
}

} // namespace

void add_model_score(CLI::App& model, common_options& common, command& chosen) {
  auto options = std::make_shared<model_score_options>();
  auto* sub = model.add_subcommand("score", "How good weights are, condition by condition: on the city or on data sets");
  sub->add_option("weights", options->weights, "Weights in safetensors, or trainers' checkpoints")->required();
  sub->add_option("--sources", options->sources, "File with one source a line, below headings such as [rain]")->required();
  sub->add_option("--pictures", options->pictures, "First pictures of each source")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  sub->add_option("--names", options->names, "Classes, in the weights' order; else what the weights say")->delimiter(',');
  sub->add_option("--input", options->input, "Pixels that pictures are fitted into")->capture_default_str();
  sub->add_option("--device", options->device, "cpu, cuda or cuda:N")->capture_default_str();
  sub->add_option("--threads", options->threads, "How many work on it")->check(CLI::Range(1, 256))->capture_default_str();
  sub->add_flag("--json", common.json, "One JSON object; a figure that is not defined is null");
  sub->add_flag("-q,--quiet", common.quiet, "Only the result");
  sub->footer("Precision is COCO's, over all pictures of a condition together, against the sources' own truth.\n"
              "examples\n"
              "  ecco model score config/weights/student.safetensors --sources config/weights/unseen.txt\n"
              "  ecco model score mine.safetensors other.safetensors --sources list.txt --json");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return model_score(common, *options); }; });
}

} // namespace ecco
