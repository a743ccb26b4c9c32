// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "config/units.hpp"
#include "deploy/labelled_pictures.hpp"
#include "deploy/model_commands.hpp"
#include "deploy/progress.hpp"
#include "deploy/report/as_clock.hpp"
#include "deploy/source_list.hpp"
#include "deploy/train_weights.hpp"
#include "deploy/weights_output.hpp"
#include "deploy/whole_file.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// Long training averages over more steps than a retraining job has.
constexpr double average_decay = .998;
constexpr std::uint32_t warm_up_steps = 200;

struct model_train_options {
  fs::path sources, start, teacher;
  weights_output out;
  std::vector<std::string> conditions, names{"person", "bicycle", "car", "bus", "truck"};
  std::string architecture = "yolo11p", input = "320x192", device = "cpu", arithmetic = "fp32";
  std::size_t pictures = 100, batch = 16;
  std::uint64_t steps = 2000, seed = 1;
  double learning_rate = 2e-3, scale = .3, translate = .1, least_score = .4;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool resume = false;

  fs::path checkpoint() const { return out.to.string() + ".checkpoint"; }
};

/// All that the command works with before its first picture.
struct job {
  training_plan plan;
  std::vector<std::string> sources, conditions;
};

/// The sources of the conditions that are asked for; all when none is.
result<void> choose_sources(job& to, const model_train_options& options) {
  auto list = read_source_list(options.sources);
  if (!list)
    return tl::unexpected{list.error()};
  const auto& wanted = options.conditions;
  for (const auto& one : wanted)
    if (std::none_of(list->begin(), list->end(), [&](const auto& known) { return known.condition == one; }))
      return fail(ec::invalid_argument, options.sources.string() + ": it has no condition [" + one + "]");
  if (!wanted.empty())
    std::erase_if(*list, [&](const auto& one) { return std::find(wanted.begin(), wanted.end(), one.condition) == wanted.end(); });
  for (const auto& one : *list)
    to.conditions.push_back(one.condition);
  to.sources = all_sources(*list);
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

/// Labels by a network when there is one, else what the sources know of themselves.
settings teaching_of(const model_train_options& options, const student_spec& spec) {
  settings out;
  out.student.architecture = spec.architecture;
  out.classes = options.names;
  out.teacher.kind = options.teacher.empty() ? teacher_kind::labels : teacher_kind::network;
  out.teacher.weights = options.teacher;
  out.teacher.input = {spec.input_width, spec.input_height};
  out.teacher.least_score = options.least_score;
  out.teacher.ignore_score = std::min(out.teacher.ignore_score, options.least_score);
  return out;
}

result<std::vector<std::vector<labelled_frame>>> read_pictures(const common_options& common,
                                                               const model_train_options& options, const job& what,
                                                               const stop_signal& stop) {
  progress shown{"model train", "sources", what.sources.size(), describe_terminal(STDERR_FILENO, common.outside)};
  std::mutex showing;
  return read_labelled_pictures(what.sources, teaching_of(options, what.plan.spec),
                                {options.pictures, options.threads, what.plan.device, [&](std::size_t done) {
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
          {"labels_by", options.teacher.empty() ? "truth" : options.teacher.filename().string()},
          {"pictures", std::to_string(pictures)},
          {"steps", std::to_string(options.steps)},
          {"batch", std::to_string(options.batch)},
          {"seed", std::to_string(options.seed)}};
}

/// What came of it.
struct outcome {
  std::size_t pictures = 0;
  std::uint64_t steps = 0;
  double loss = 0, seconds = 0;
  blob checkpoint;
  std::map<std::string, std::string> card;
};

result<outcome> run(const common_options& common, const model_train_options& options, const stop_signal& stop) {
  const auto what = prepare(options);
  if (!what)
    return tl::unexpected{what.error()};
  use_threads(1); // sources are read side by side
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
  auto checkpoint = train_weights(
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
  out.checkpoint = std::move(*checkpoint);
  out.card = card_of(options, *what, out.pictures);
  out.seconds = shown.seconds();
  return out;
}

int model_train(const common_options& common, const model_train_options& options) {
  if (auto good = check_output(options.out); !good)
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
  const auto code = write_weights(common, options.out, options.out.to.string(), done->checkpoint, done->card,
                                  {{"architecture", options.architecture},
                                   {"pictures", done->pictures},
                                   {"steps", done->steps},
                                   {"loss", done->loss},
                                   {"seconds", done->seconds}});
  if (code != exit_code::good)
    return code; // what was learnt is in the checkpoint
  std::error_code ignored; // it is of no use any more, and its absence no harm
  fs::remove(options.checkpoint(), ignored);
  if (!common.json)
    std::fputs(fmt::format("{}: {} steps of {} on {} pictures in {} min, loss {:.3f}\n", options.architecture, done->steps,
                           options.batch, done->pictures, as_clock(done->seconds), done->loss)
                   .c_str(),
               stdout);
  return exit_code::good;
}

void add_options(CLI::App& sub, common_options& common, model_train_options& options) {
  sub.add_option("out", options.out.to, "The weights to write, safetensors")->required();
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
  sub.add_option("--teacher", options.teacher,
                 "Weights of a network that labels the pictures; else what the sources know of themselves");
  sub.add_option("--least-score", options.least_score, "For --teacher: labels are its detections from this score on")
      ->check(CLI::Range(.05, .95))
      ->capture_default_str();
  sub.add_option("--steps", options.steps, "Optimiser steps")->check(CLI::Range(1, 10000000))->capture_default_str();
  sub.add_option("--batch", options.batch, "Pictures a step")->check(CLI::Range(1, 512))->capture_default_str();
  sub.add_option("--learning-rate", options.learning_rate, "The highest; it falls along a cosine")->capture_default_str();
  sub.add_option("--scale", options.scale, "Largest relative change of a picture's size")->capture_default_str();
  sub.add_option("--translate", options.translate, "Largest shift, as part of the input")->capture_default_str();
  sub.add_option("--precision", options.arithmetic, "fp32 or bf16")->check(CLI::IsMember({"fp32", "bf16"}))->capture_default_str();
  sub.add_option("--device", options.device, "cpu, cuda or cuda:N")->capture_default_str();
  sub.add_option("--threads", options.threads, "How many work on it")->check(CLI::Range(1, 256))->capture_default_str();
  sub.add_option("--seed", options.seed, "Of weights, order and augmentation")->capture_default_str();
  add_weights_options(sub, options.out);
  sub.add_flag("--resume", options.resume, "Go on from the checkpoint that a stopped run left beside the file");
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
              "With --teacher they may be anything that a camera shows.\n"
              "examples\n"
              "  ecco model train student.safetensors --sources config/weights/city.txt --conditions day --half\n"
              "  ecco model train teacher.safetensors --sources config/weights/city.txt --architecture yolo11s \\\n"
              "                   --steps 6000 --precision bf16");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return model_train(common, *options); }; });
}

} // namespace ecco
