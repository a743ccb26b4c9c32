// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "config/units.hpp"
#include "deploy/labelled_pictures.hpp"
#include "deploy/model_commands.hpp"
#include "deploy/progress.hpp"
#include "deploy/report/as_clock.hpp"
#include "deploy/source_list.hpp"
#include "deploy/train_weights.hpp"
#include "deploy/whole_file.hpp"
#include "messages/sha256.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/weights.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// Long training averages over more steps than a retraining job has.
constexpr double average_decay = .998;
constexpr std::uint32_t warm_up_steps = 200;

struct model_train_options {
  fs::path sources, out, start;
  std::vector<std::string> conditions, names{"person", "bicycle", "car", "bus", "truck"};
  std::string architecture = "yolo11p", input = "320x192", device = "cpu", arithmetic = "fp32";
  std::size_t pictures = 100, batch = 16;
  std::uint64_t steps = 2000, seed = 1;
  double learning_rate = 2e-3, scale = .3, translate = .1;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool half = false, force = false, resume = false;

  fs::path checkpoint() const { return out.string() + ".checkpoint"; }
};

/// All that the command works with before its first picture.
struct job {
  training_plan plan;
  std::vector<std::string> sources, conditions;
};

result<std::vector<condition_sources>> listed(const fs::path& file) {
  std::ifstream lines{file};
  if (!lines)
    return fail(ec::not_found, file.string() + " cannot be read", "name a file with one source a line");
  return read_source_list(lines, file.string());
}

/// The sources of the conditions that are asked for; all when none is.
result<void> choose_sources(job& to, const model_train_options& options) {
  const auto all = listed(options.sources);
  if (!all)
    return tl::unexpected{all.error()};
  for (const auto& wanted : options.conditions)
    if (std::none_of(all->begin(), all->end(), [&](const auto& one) { return one.condition == wanted; }))
      return fail(ec::invalid_argument, options.sources.string() + ": it has no condition [" + wanted + "]");
  for (const auto& [condition, sources] : *all) {
    const auto& wanted = options.conditions;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), condition) == wanted.end())
      continue;
    to.conditions.push_back(condition);
    to.sources.insert(to.sources.end(), sources.begin(), sources.end());
  }
  return {};
}

result<training_recipe> recipe_of(const model_train_options& options) {
  training_recipe out;
  out.batch = options.batch;
  out.learning_rate = options.learning_rate;
  out.warm_up_steps = warm_up_steps;
  out.average_decay = average_decay;
  out.augment.scale = options.scale;
  out.augment.translate = options.translate;
  out.arithmetic = options.arithmetic == "bf16" ? precision::bf16 : precision::fp32;
  return validate(out).map([&] { return out; });
}

result<job> prepare(const model_train_options& options) {
  job out;
  const auto size = parse_picture_size(options.input);
  if (!size)
    return fail(ec::invalid_argument, "--input " + size.error().what, size.error().hint);
  out.plan.spec = {options.architecture, static_cast<std::uint16_t>(options.names.size()), size->width, size->height};
  if (auto known = variant_of(out.plan.spec); !known)
    return tl::unexpected{known.error()};
  auto recipe = recipe_of(options);
  if (!recipe)
    return tl::unexpected{recipe.error()};
  out.plan.recipe = *recipe;
  auto device = find_device(options.device);
  if (!device)
    return tl::unexpected{device.error()};
  out.plan.device = *device;
  out.plan.steps = options.steps;
  out.plan.seed = options.seed;
  const auto from = options.resume ? options.checkpoint() : options.start;
  if (!from.empty()) {
    auto start = read_weights(from);
    if (!start)
      return tl::unexpected{start.error()};
    out.plan.start = std::move(*start);
  }
  return choose_sources(out, options).map([&] { return out; });
}

settings teaching_of(const model_train_options& options, const student_spec& spec) {
  settings out;
  out.student.architecture = spec.architecture;
  out.classes = options.names;
  out.teacher.kind = teacher_kind::labels;
  return out;
}

result<std::vector<std::vector<labelled_frame>>> read_pictures(const common_options& common,
                                                               const model_train_options& options, const job& what,
                                                               const stop_signal& stop) {
  progress shown{"model train", "sources", what.sources.size(), describe_terminal(STDERR_FILENO, common.outside)};
  std::mutex showing;
  return read_labelled_pictures(what.sources, teaching_of(options, what.plan.spec),
                                {options.pictures, options.threads, [&](std::size_t done) {
                                   const std::lock_guard one_at_a_time{showing};
                                   if (!common.quiet)
                                     shown.now_at(done);
                                   return !stop.requested();
                                 }});
}

/// What the file will say of itself.
std::map<std::string, std::string> card_of(const model_train_options& options, const job& what, std::size_t pictures) {
  return {{"classes", fmt::format("{}", fmt::join(options.names, ","))},
          {"architecture", options.architecture},
          {"input", options.input},
          {"trained_on", fmt::format("{}: {}", options.sources.filename().string(), fmt::join(what.conditions, ", "))},
          {"pictures", std::to_string(pictures)},
          {"steps", std::to_string(options.steps)},
          {"batch", std::to_string(options.batch)},
          {"seed", std::to_string(options.seed)}};
}

result<blob> finished(const blob& checkpoint, const model_train_options& options,
                      std::map<std::string, std::string> card) {
  const auto weights = deployable(checkpoint, options.half ? scalar_type::f16 : scalar_type::f32);
  if (!weights)
    return weights;
  const auto read = read_safetensors(*weights);
  if (!read)
    return tl::unexpected{read.error()};
  card.insert(read->metadata.begin(), read->metadata.end());
  return write_safetensors(read->tensors, card);
}

/// What came of it.
struct outcome {
  std::size_t pictures = 0;
  std::uint64_t steps = 0;
  double loss = 0, seconds = 0;
  blob weights;
};

result<outcome> run(const common_options& common, const model_train_options& options, const stop_signal& stop) {
  const auto what = prepare(options);
  if (!what)
    return tl::unexpected{what.error()};
  const auto read = read_pictures(common, options, *what, stop);
  if (!read)
    return tl::unexpected{read.error()};
  std::vector<const labelled_frame*> pictures;
  for (const auto& of_source : *read)
    for (const auto& one : of_source)
      pictures.push_back(&one);
  use_threads(static_cast<int>(options.threads));
  outcome out;
  out.pictures = pictures.size();
  progress shown{"model train", "steps", options.steps, describe_terminal(STDERR_FILENO, common.outside)};
  const auto checkpoint = train_weights(
      what->plan, pictures,
      {[&](const training_progress& now) {
         out.steps = now.steps;
         out.loss += (now.loss - out.loss) * .01;
         if (!common.quiet)
           shown.now_at(now.steps);
         return !stop.requested();
       },
       [&](const blob& state) { return write_whole_file(options.checkpoint(), state.view(), existing_file::replace); }});
  if (!checkpoint)
    return tl::unexpected{checkpoint.error()};
  if (out.steps < options.steps && stop.requested())
    return fail(ec::unavailable, fmt::format("stopped after {} of {} steps", out.steps, options.steps),
                "the same command with --resume goes on from " + options.checkpoint().string());
  auto weights = finished(*checkpoint, options, card_of(options, *what, out.pictures));
  if (!weights)
    return tl::unexpected{weights.error()};
  out.weights = std::move(*weights);
  out.seconds = shown.seconds();
  return out;
}

void print(const common_options& common, const model_train_options& options, const outcome& done) {
  if (common.json) {
    std::puts(nlohmann::json{{"ok", true},
                             {"file", options.out.string()},
                             {"architecture", options.architecture},
                             {"pictures", done.pictures},
                             {"steps", done.steps},
                             {"loss", done.loss},
                             {"seconds", done.seconds},
                             {"bytes", done.weights.size()},
                             {"sha256", sha256_hex(done.weights.view())}}
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  .c_str());
    return;
  }
  std::fputs(fmt::format("{}: {}, {:.2f} MB, sha256 {}\n{} steps of {} on {} pictures in {} min, loss {:.3f}\n",
                         options.out.string(), options.architecture, 1e-6 * static_cast<double>(done.weights.size()),
                         sha256_hex(done.weights.view()), done.steps, options.batch, done.pictures,
                         as_clock(done.seconds), done.loss)
                 .c_str(),
             stdout);
}

int model_train(const common_options& common, const model_train_options& options) {
  const auto existing = options.force ? existing_file::replace : existing_file::keep;
  if (auto good = check_target(options.out, existing); !good)
    return give_up(common, good.error());
  const auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  const auto done = run(common, options, **stop);
  if (!done && (*stop)->requested()) {
    std::fprintf(stderr, "ecco model train: %s; %s\n", done.error().what.c_str(), done.error().hint.c_str());
    return 128 + (*stop)->number();
  }
  if (!done)
    return give_up(common, done.error());
  if (auto written = write_whole_file(options.out, done->weights.view(), existing); !written)
    return give_up(common, written.error());
  std::error_code ignored; // it is of no use any more, and its absence no harm
  fs::remove(options.checkpoint(), ignored);
  print(common, options, *done);
  return exit_code::good;
}

void add_options(CLI::App& sub, common_options& common, model_train_options& options) {
  sub.add_option("out", options.out, "The weights to write, safetensors")->required();
  sub.add_option("--sources", options.sources, "File with one source a line, below headings such as [rain]")->required();
  sub.add_option("--conditions", options.conditions, "Only what stands below these headings, between commas")
      ->delimiter(',');
  sub.add_option("--pictures", options.pictures, "First pictures of each source")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  sub.add_option("--names", options.names, "Classes, in their order")->delimiter(',')->capture_default_str();
  sub.add_option("--architecture", options.architecture, "yolo11p, n, s, m, l, x; with -seg it draws masks")
      ->capture_default_str();
  sub.add_option("--input", options.input, "Pixels that pictures are fitted into")->capture_default_str();
  sub.add_option("--start", options.start, "Weights to begin with; else fresh ones, drawn from the seed");
  sub.add_option("--steps", options.steps, "Optimiser steps")->check(CLI::Range(1, 10000000))->capture_default_str();
  sub.add_option("--batch", options.batch, "Pictures a step")->check(CLI::Range(1, 512))->capture_default_str();
  sub.add_option("--learning-rate", options.learning_rate, "The highest; it falls along a cosine")->capture_default_str();
  sub.add_option("--scale", options.scale, "Largest relative change of a picture's size")->capture_default_str();
  sub.add_option("--translate", options.translate, "Largest shift, as part of the input")->capture_default_str();
  sub.add_option("--precision", options.arithmetic, "fp32 or bf16")->check(CLI::IsMember({"fp32", "bf16"}))->capture_default_str();
  sub.add_option("--device", options.device, "cpu, cuda or cuda:N")->capture_default_str();
  sub.add_option("--threads", options.threads, "How many work on it")->check(CLI::Range(1, 256))->capture_default_str();
  sub.add_option("--seed", options.seed, "Of weights, order and augmentation")->capture_default_str();
  sub.add_flag("--half", options.half, "Write fp16 in place of fp32");
  sub.add_flag("--resume", options.resume, "Go on from the checkpoint that a stopped run left beside the file");
  sub.add_flag("--force", options.force, "Replace the file when it is there already");
  sub.add_flag("--json", common.json, "One JSON object");
  sub.add_flag("-q,--quiet", common.quiet, "Only the result");
}

} // namespace

void add_model_train(CLI::App& model, common_options& common, command& chosen) {
  auto options = std::make_shared<model_train_options>();
  auto* sub = model.add_subcommand("train", "Train weights once and for long: a teacher, or a student to begin with");
  add_options(*sub, common, *options);
  sub->footer("A source is what a camera's `source` may be, of those that bring their truth: the city (world:NAME) and data\n"
              "sets (mot:PATH, coco:PATH, ...). Pictures are read once and kept in memory. Ctrl-C leaves a checkpoint.\n"
              "examples\n"
              "  ecco model train student.safetensors --sources config/weights/city.txt --conditions day --half\n"
              "  ecco model train teacher.safetensors --sources config/weights/city.txt --architecture yolo11s \\\n"
              "                   --steps 6000 --precision bf16");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return model_train(common, *options); }; });
}

} // namespace ecco
