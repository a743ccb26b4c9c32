// SPDX-License-Identifier: Apache-2.0
// Images a second of one training step and of inference, batch 8, one thread.
#include <benchmark/benchmark.h>

#include <random>

#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"

using namespace ecco;

namespace {

constexpr std::size_t batch = 8;

/// Noise with three upright boxes, in the size of the network's input times 1.6.
std::vector<labelled_frame> some_frames(const student_spec& spec) {
  std::mt19937 random{1};
  std::vector<labelled_frame> frames(batch);
  for (auto& f : frames) {
    auto& picture = f.shot.picture;
    picture.width = static_cast<std::uint16_t>(spec.input_width * 8 / 5);
    picture.height = static_cast<std::uint16_t>(spec.input_height * 8 / 5);
    bytes pixels(std::size_t{3} * picture.width * picture.height);
    for (auto& p : pixels)
      p = static_cast<std::uint8_t>(random());
    picture.rgb = blob{std::move(pixels)};
    for (int i = 0; i < 3; ++i) {
      const auto x = static_cast<float>(random() % 80) / 100, y = static_cast<float>(random() % 60) / 100;
      f.labels.push_back({.where = {x, y, x + .12F, y + .35F}});
    }
  }
  return frames;
}

student_spec spec_of(const benchmark::State& state) {
  const bool wide = state.range(1) == 320;
  return {.architecture = state.range(0) == 'n' ? "yolo11n" : "yolo11p",
          .classes = 1,
          .input_width = static_cast<std::uint16_t>(wide ? 320 : 256),
          .input_height = static_cast<std::uint16_t>(wide ? 256 : 192)};
}

void describe(benchmark::State& state, const student_spec& spec) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
  state.SetLabel(spec.architecture + " " + std::to_string(spec.input_width) + "x"
                 + std::to_string(spec.input_height) + (state.range(2) != 0 ? " bf16" : " fp32"));
}

void train_step(benchmark::State& state) {
  const auto spec = spec_of(state);
  const auto frames = some_frames(spec);
  std::vector<const labelled_frame*> pointers;
  for (const auto& f : frames)
    pointers.push_back(&f);
  training_recipe recipe;
  recipe.arithmetic = static_cast<precision>(state.range(2));
  auto run = trainer::make(spec, recipe, {}, 1);
  for (auto _ : state)
    if (!run || !(*run)->step(pointers))
      return state.SkipWithError("training failed");
  describe(state, spec);
}

void inference(benchmark::State& state) {
  const auto spec = spec_of(state);
  const auto frames = some_frames(spec);
  const auto pictures = static_cast<std::size_t>(state.range(3));
  std::vector<const image*> pointers;
  for (std::size_t i = 0; i < pictures; ++i)
    pointers.push_back(&frames[i].shot.picture);
  detection_options options;
  options.arithmetic = static_cast<precision>(state.range(2));
  auto detector = torch_detector::make(spec, options);
  if (!detector || !(*detector)->load(*make_initial_weights(spec, 1)))
    return state.SkipWithError("no detector");
  for (auto _ : state)
    if (!(*detector)->detect(pointers))
      return state.SkipWithError("inference failed");
  describe(state, spec);
  state.SetItemsProcessed(state.iterations() * state.range(3));
}

const std::vector<std::vector<std::int64_t>> variants{{'p', 'n'}, {256, 320}, {0, 1}};

BENCHMARK(train_step)->ArgsProduct(variants)->Unit(benchmark::kMillisecond);
BENCHMARK(inference)
    ->ArgsProduct({variants[0], variants[1], variants[2], {1, 8}})
    ->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
  use_threads(1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
