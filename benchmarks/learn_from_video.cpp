// SPDX-License-Identifier: Apache-2.0
// What a student learns from a real video, in fp32 and in bf16: the same frames, labels and draws, and the accuracy of
// both on the same held-out frames. One thread.
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/learn/evaluation_set.hpp"
#include "runtime/learn/hog_teacher.hpp"
#include "runtime/learn/replay.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/policy/sampling.hpp"
#include "runtime/video/source.hpp"

using namespace ecco;

namespace {

struct options {
  std::string video, chain = "crop=416:312:220:60,scale=256:192,fps=5";
  student_spec student{"yolo11p", 1, 192, 160};
  int steps = 600, every = 100, runs = 3;
  bool json = false;
};

constexpr std::array arithmetics{precision::fp32, precision::bf16};

/// What the two arithmetics have learned after so many steps.
struct reading {
  int run = 0, steps = 0;
  std::array<double, 2> map50{};
  precision_change bf16_less_fp32;
};

/// The frames of the video, labelled, each with its role.
result<std::vector<labelled_frame>> read_frames(const options& wanted) {
  const sample_split split{8, 4, 1, 2};
  const auto source = open_source({wanted.video, false, {{{}, wanted.chain}}});
  if (!source)
    return tl::unexpected{source.error()};
  const auto labeller = make_hog_teacher();
  if (!labeller)
    return tl::unexpected{labeller.error()};
  std::vector<labelled_frame> out;
  for (;;) {
    auto next = (*source)->next();
    if (!next && next.error().code == ec::end_of_stream)
      return out;
    if (!next)
      return tl::unexpected{next.error()};
    labelled_frame sample;
    sample.shot = {.camera = camera_id{"video"}, .media_time = next->media_time, .picture = std::move(next->picture)};
    sample.shot.role = role_at(split, next->media_time);
    if (sample.shot.role == sample_role::guard)
      continue;
    auto labels = (*labeller)->label_frame(sample.shot);
    if (!labels)
      return tl::unexpected{labels.error()};
    sample.labels = std::move(*labels);
    out.push_back(std::move(sample));
  }
}

/// One student on its way.
struct run_of_one {
  std::unique_ptr<trainer> run;
  std::unique_ptr<torch_detector> looks;
  evaluation_set held_out;
  std::mt19937_64 random;

  result<void> go_on(const replay& samples, std::size_t batch, int steps) {
    for (int i = 0; i < steps; ++i)
      if (auto done = run->step(samples.draw(batch, random)); !done)
        return tl::unexpected{done.error()};
    held_out.new_model();
    if (auto loaded = looks->load(run->weights()); !loaded)
      return loaded;
    return held_out.look(*looks);
  }
};

result<run_of_one> begin(const options& wanted, precision arithmetic, std::uint64_t seed,
                         const std::vector<labelled_frame>& frames) {
  training_recipe recipe;
  recipe.arithmetic = arithmetic;
  auto run = trainer::make(wanted.student, recipe, {}, seed);
  if (!run)
    return tl::unexpected{run.error()};
  auto looks = torch_detector::make(wanted.student, {});
  if (!looks)
    return tl::unexpected{looks.error()};
  run_of_one out{std::move(*run), std::move(*looks), evaluation_set{frames.size()}, std::mt19937_64{seed}};
  for (const auto& frame : frames)
    if (frame.shot.role == sample_role::held_out)
      out.held_out.add(frame);
  return out;
}

result<std::vector<reading>> measure(const options& wanted) {
  const auto frames = read_frames(wanted);
  if (!frames)
    return tl::unexpected{frames.error()};
  replay samples;
  for (const auto& frame : *frames)
    if (frame.shot.role == sample_role::train)
      if (auto added = samples.add(frame); !added)
        return tl::unexpected{added.error()};
  std::vector<reading> out;
  for (int run = 1; run <= wanted.runs; ++run) {
    std::vector<run_of_one> both;
    for (const auto arithmetic : arithmetics) {
      auto begun = begin(wanted, arithmetic, static_cast<std::uint64_t>(run), *frames);
      if (!begun)
        return tl::unexpected{begun.error()};
      both.push_back(std::move(*begun));
    }
    for (int steps = wanted.every; steps <= wanted.steps; steps += wanted.every) {
      reading now{run, steps, {}, {}};
      for (std::size_t i = 0; i < both.size(); ++i) {
        if (auto gone = both[i].go_on(samples, training_recipe{}.batch, wanted.every); !gone)
          return tl::unexpected{gone.error()};
        now.map50[i] = mean_map50(both[i].held_out.scores());
      }
      now.bf16_less_fp32 = both[1].held_out.change_from(both[0].held_out);
      out.push_back(now);
      if (!wanted.json)
        std::cout << fmt::format("{:3} {:6} {:7.3f} {:7.3f}  {:+.3f} +- {:.3f}\n", run, steps, now.map50[0],
                                 now.map50[1], now.bf16_less_fp32.map50, now.bf16_less_fp32.standard_error)
                  << std::flush;
    }
  }
  return out;
}

} // namespace

int main(int argc, char** argv) {
  options wanted;
  CLI::App app{"mAP@0.5 of students that learn from one video in fp32 and in bf16, labelled by OpenCV's people "
               "detector, on seconds that neither trains on"};
  app.add_option("video", wanted.video, "Such as vtest.avi of OpenCV's samples")->required()->check(CLI::ExistingFile);
  app.add_option("--chain", wanted.chain, "libavfilter chain that gives the frames")->capture_default_str();
  app.add_option("--steps", wanted.steps, "Of each run")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  app.add_option("--every", wanted.every, "Steps between two readings")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--runs", wanted.runs, "Each with a seed of its own")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_flag("--json", wanted.json, "A list of readings");
  CLI11_PARSE(app, argc, argv);
  use_threads(1);
  if (!wanted.json)
    std::cout << "run  steps    fp32    bf16  bf16 - fp32, standard error (paired)\n";
  const auto readings = measure(wanted);
  if (!readings) {
    std::cerr << "ecco_learn_from_video: " << render(readings.error()) << '\n';
    return 1;
  }
  if (wanted.json) {
    auto out = nlohmann::json::array();
    for (const auto& one : *readings)
      out.push_back({{"run", one.run}, {"steps", one.steps}, {"fp32", one.map50[0]}, {"bf16", one.map50[1]},
                     {"change", one.bf16_less_fp32.map50}, {"standard_error", one.bf16_less_fp32.standard_error}});
    std::cout << out.dump(1) << '\n';
  }
  return 0;
}
