// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <benchmark/benchmark.h>

#include "runtime/score/average_precision.hpp"

namespace {

using namespace ecco;

/// Frames of ten objects in three classes and 100 detections, a third of them near an object.
std::vector<frame_detections> scenes(std::size_t count) {
  std::mt19937 random{1};
  auto unit = [&] { return static_cast<float>(random() % 10'000) / 10'000; };
  auto any_box = [&] {
    auto x = .8f * unit(), y = .8f * unit();
    return box{x, y, x + .02f + .15f * unit(), y + .02f + .15f * unit()};
  };
  auto any_class = [&] { return static_cast<std::uint16_t>(random() % 3); };
  std::vector<frame_detections> frames(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& f = frames[i];
    f.block = i / 5;
    for (int n = 0; n < 10; ++n)
      f.truth.push_back({any_box(), any_class(), n == 0});
    for (int n = 0; n < 100; ++n) {
      detection d{any_box(), any_class(), unit()};
      if (n < 33) {
        const auto& near = f.truth[random() % 10];
        d = {near.where, near.class_id, d.score};
        d.where.x2 += .02f * unit();
      }
      f.seen.push_back(d);
    }
  }
  return frames;
}

void average_precision_of_frames(benchmark::State& state) {
  auto frames = scenes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(average_precision(frames));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(average_precision_of_frames)->Arg(100)->Arg(5000)->Unit(benchmark::kMillisecond);

/// With the standard error: 100 resamples of one ranking.
void score_of_one_camera(benchmark::State& state) {
  auto frames = scenes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(score_camera(camera_id{"a"}, frames));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(score_of_one_camera)->Arg(100)->Arg(5000)->Unit(benchmark::kMillisecond);

} // namespace
