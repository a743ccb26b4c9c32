// SPDX-License-Identifier: Apache-2.0
// Images a second of one training step, of the bare network under it, and of inference; how the time of a micro-window
// divides; how long a job takes to come and to go. One thread. Arguments:
// scale ('n', 'p', on CUDA devices also 'x'), side of the square input, precision (0 fp32, 1 bf16); for inference also
// pictures a call. ECCO_BENCH_DEVICE=cuda (or cuda:N) measures that device.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <c10/core/StreamGuard.h>
#include <torch/torch.h>

#include "runtime/learn/recording.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/torch_guard.hpp"
#include "runtime/learn/torch_learner.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "runtime/learn/yolo11.hpp"
#include "runtime/learn/yolo11_net.hpp"

using namespace ecco;

namespace {

compute_device device;
constexpr std::size_t batch = 8;
/// Calls before the clock starts: libraries load, kernels are chosen and recorded.
constexpr int warm_up = 4;
/// As COCO: the head is as wide as its users have it.
constexpr std::uint16_t classes = 80;

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
  const auto side = static_cast<std::uint16_t>(state.range(1));
  return {std::string{"yolo11"} + static_cast<char>(state.range(0)), classes, side, side};
}

void describe(benchmark::State& state, std::int64_t pictures) {
  const auto spec = spec_of(state);
  state.SetItemsProcessed(state.iterations() * pictures);
  state.SetLabel(spec.architecture + " " + std::to_string(spec.input_width) + (state.range(2) != 0 ? " bf16 " : " fp32 ")
                 + to_string(device));
}

void train_step(benchmark::State& state) {
  const auto spec = spec_of(state);
  const auto frames = some_frames(spec);
  std::vector<const labelled_frame*> pointers;
  for (const auto& f : frames)
    pointers.push_back(&f);
  training_recipe recipe;
  recipe.arithmetic = static_cast<precision>(state.range(2));
  auto run = trainer::make(spec, recipe, {}, 1, device);
  const auto once = [&] { return run && (*run)->step(pointers, pointers); };
  for (int i = 0; i < warm_up; ++i)
    once();
  for (auto _ : state)
    if (!once())
      return state.SkipWithError("training failed");
  describe(state, batch);
}

/// What no trainer on this network can beat: random input that is there already, forward, backward from a loss that
/// costs nothing, and the plainest of steps; on a CUDA device as one recording.
void bare_network(benchmark::State& state) {
  const auto spec = spec_of(state);
  const auto on = torch_device(device);
  std::optional<c10::StreamGuard> stream;
  if (on.is_cuda())
    stream.emplace(new_stream(on));
  yolo11_net net{*variant_of(spec), classes};
  net.initialise(1);
  net.to(on);
  net.train();
  const auto side = state.range(1);
  const auto pictures = torch::rand({batch, 3, side, side}, on).contiguous(torch::MemoryFormat::ChannelsLast);
  const auto step = [&] {
    head_output out;
    {
      const bf16_autocast autocast{state.range(2) != 0, on};
      out = net.forward(pictures);
    }
    net.zero_grad(false);
    (out.distances.to(torch::kFloat).mean() + out.classes.to(torch::kFloat).mean()).backward();
    torch::NoGradGuard no_grad;
    for (auto& parameter : net.parameters())
      if (parameter.requires_grad())
        parameter.add_(parameter.grad(), -1e-6);
  };
  std::unique_ptr<recording> recorded;
  if (on.is_cuda() && recording::available()) {
    step();
    recorded = recording::make(step, nullptr);
  }
  for (int i = 0; i < warm_up; ++i)
    step();
  for (auto _ : state) {
    recorded ? recorded->replay() : step();
    if (on.is_cuda())
      torch::cuda::synchronize(on.index());
  }
  describe(state, batch);
}

void inference(benchmark::State& state) {
  const auto spec = spec_of(state);
  const auto frames = some_frames(spec);
  std::vector<const image*> pointers;
  for (std::int64_t i = 0; i < state.range(3); ++i)
    pointers.push_back(&frames[static_cast<std::size_t>(i)].shot.picture);
  detection_options options;
  options.arithmetic = static_cast<precision>(state.range(2));
  options.device = device;
  auto detector = torch_detector::make(spec, options);
  if (!detector || !(*detector)->load(*make_initial_weights(spec, 1)))
    return state.SkipWithError("no detector");
  for (int i = 0; i < warm_up; ++i)
    (void)(*detector)->detect(pointers);
  for (auto _ : state)
    if (!(*detector)->detect(pointers))
      return state.SkipWithError("inference failed");
  describe(state, state.range(3));
}

/// A job comes to a worker that does not have it: network, optimiser and counters out of a checkpoint.
void swap_in(benchmark::State& state) {
  const auto spec = spec_of(state);
  const auto checkpoint = (*trainer::make(spec, {}, {}, 1))->checkpoint();
  for (auto _ : state)
    if (!trainer::make(spec, {}, checkpoint, 1, device))
      return state.SkipWithError("no trainer");
  describe(state, 0);
}

/// And leaves it: the checkpoint and the weights to deploy.
void swap_out(benchmark::State& state) {
  const auto run = trainer::make(spec_of(state), {}, {}, 1, device);
  for (auto _ : state) {
    benchmark::DoNotOptimize((*run)->checkpoint());
    benchmark::DoNotOptimize((*run)->weights());
  }
  describe(state, 0);
}

/// Two seconds of device time for a job whose samples are there, with eight held-out frames to score: images trained
/// on, and how the time divides. `other` is neither training nor evaluation.
void micro_window(benchmark::State& state) {
  torch_learner_options options;
  options.spec = spec_of(state);
  options.recipe.arithmetic = options.scoring.arithmetic = static_cast<precision>(state.range(2));
  options.device = device;
  options.clock = [] { return std::chrono::steady_clock::now().time_since_epoch(); };
  const auto worker = make_torch_learner(std::move(options));
  train_order order;
  order.from_scratch = true;
  order.slice = std::chrono::seconds{2};
  order.members = {camera_id{"a"}};
  for (int i = 0; i < 16; ++i)
    for (auto& f : some_frames(spec_of(state))) {
      f.shot.camera = order.members.front();
      f.shot.role = i == 0 ? sample_role::held_out : sample_role::train;
      order.samples.push_back(std::move(f));
    }
  const auto window = [&] {
    auto report = worker ? (*worker)->train(order) : result<train_report>{tl::unexpected{worker.error()}};
    order.from_scratch = false;
    order.samples.clear();
    ++order.base;
    return report;
  };
  bool good = window().has_value(); // libraries load, kernels are chosen and recorded
  std::int64_t images = 0;
  time_spent spent;
  for (auto _ : state) {
    const auto report = window();
    if (good = good && report; !good)
      return state.SkipWithError("the micro-window failed");
    images += report->images;
    spent.training += report->spent.training;
    spent.evaluation += report->spent.evaluation;
    spent.other += report->spent.other;
  }
  const auto share = [all = spent.training + spent.evaluation + spent.other](duration part) {
    return 100 * std::chrono::duration<double>{part} / std::chrono::duration<double>{all};
  };
  describe(state, 0);
  state.counters = {{"images_per_s", images / std::chrono::duration<double>{spent.training + spent.evaluation + spent.other}.count()},
                    {"training_%", share(spent.training)},
                    {"evaluation_%", share(spent.evaluation)},
                    {"other_%", share(spent.other)}};
}

void add_benchmarks() {
  std::vector<std::int64_t> scales{'p', 'n'};
  if (device.is_cuda())
    scales.push_back('x');
  const std::vector<std::int64_t> sides{160, 320, 640}, precisions{0, 1};
  const auto add = [](const char* name, void (*run)(benchmark::State&), const auto& arguments) {
    benchmark::RegisterBenchmark(name, run)->ArgsProduct(arguments)->Unit(benchmark::kMillisecond)->UseRealTime();
  };
  add("train_step", train_step, std::vector{scales, sides, precisions});
  add("bare_network", bare_network, std::vector{scales, sides, precisions});
  add("swap_in", swap_in, std::vector{scales, {640}, {0}});
  add("swap_out", swap_out, std::vector{scales, {640}, {0}});
  add("micro_window", micro_window, std::vector{scales, sides, precisions});
  add("inference", inference, std::vector{scales, sides, precisions, {1, 8}});
}

} // namespace

int main(int argc, char** argv) {
  use_threads(1);
  if (const auto* wanted = std::getenv("ECCO_BENCH_DEVICE")) {
    const auto found = find_device(wanted);
    if (!found) {
      std::cerr << "ecco_train_bench: " << render(found.error()) << '\n';
      return 1;
    }
    device = *found;
  }
  add_benchmarks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
