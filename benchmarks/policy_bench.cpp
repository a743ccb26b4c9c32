// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>

#include "runtime/policy/allocation.hpp"
#include "runtime/policy/grouping.hpp"

namespace {

using namespace ecco;

constexpr std::uint32_t cameras_a_group = 10;

/// The 99th of a hundred, in microseconds.
double p99_of(std::vector<double>& microseconds) {
  const auto at = microseconds.begin() + static_cast<std::ptrdiff_t>(microseconds.size() * 99 / 100);
  std::nth_element(microseconds.begin(), at, microseconds.end());
  return *at;
}

/// Whole windows of three micro-windows a job, W = 3 |J|, of a fleet in groups of up to ten, with a device for every ten
/// groups: each decision with its outcome, timed one by one. Gains differ and fade, so that the order of the jobs never
/// rests. One iteration is a window.
void decide_the_grants_of_a_window(benchmark::State& state) {
  const allocation_kind kind = static_cast<allocation_kind>(state.range(0));
  const auto cameras = static_cast<std::uint32_t>(state.range(1));
  const auto jobs = cameras / cameras_a_group;
  allocation policy{{.kind = kind}};
  std::vector<double> accuracy(jobs);
  for (std::uint32_t i = 0; i < jobs; ++i) {
    policy.start_job(group_id{i + 1}, cameras_a_group - i % 7);
    accuracy[i] = .1 + .3 * (i * 37 % 101) / 101;
  }
  std::vector<double> times;
  std::uint64_t granted = 0;
  for (auto _ : state) {
    policy.open_window(3 * jobs);
    for (double left = 3 * jobs; left > .5;) {
      const auto begun = std::chrono::steady_clock::now();
      const auto chosen = policy.grant({static_cast<std::uint32_t>(left + .5), std::max(1U, jobs / 10)});
      if (chosen) {
        auto& its = accuracy[chosen->group.value - 1];
        const auto before = its;
        its += .05 * (.9 - its) * chosen->part;
        policy.complete(chosen->group, {before, its, .01});
      }
      times.push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begun).count());
      if (!chosen)
        break;
      left -= chosen->part;
      ++granted;
    }
  }
  state.counters["grants"] =
      benchmark::Counter(static_cast<double>(granted), benchmark::Counter::kAvgIterations);
  state.counters["p99_us"] = p99_of(times);
  state.counters["most_us"] = *std::max_element(times.begin(), times.end());
  state.SetComplexityN(static_cast<std::int64_t>(cameras));
  state.SetLabel(std::array{"ecco", "recl", "ekya", "uniform"}[static_cast<std::size_t>(kind)]);
}

/// 100 to 100,000 cameras.
void fleets(benchmark::internal::Benchmark* bench, allocation_kind kind, std::int64_t most) {
  for (std::int64_t cameras = 100; cameras <= most; cameras *= 10)
    bench->Args({static_cast<std::int64_t>(kind), cameras});
  bench->Unit(benchmark::kMillisecond);
}

BENCHMARK(decide_the_grants_of_a_window)
    ->Name("window/ecco")
    ->Apply([](auto* bench) { fleets(bench, allocation_kind::ecco, 100'000); })
        -> Complexity(benchmark::oNLogN);
BENCHMARK(decide_the_grants_of_a_window)
    ->Name("window/recl")
    ->Apply([](auto* bench) { fleets(bench, allocation_kind::recl, 100'000); })
        -> Complexity(benchmark::oNLogN);
BENCHMARK(decide_the_grants_of_a_window)
    ->Name("window/uniform")
    ->Apply([](auto* bench) { fleets(bench, allocation_kind::uniform, 100'000); })
        -> Complexity(benchmark::oNLogN);
/// A plan is made whenever a job is complete, so that a window costs the square of its jobs; a decision does not.
BENCHMARK(decide_the_grants_of_a_window)
    ->Name("window/ekya")
    ->Apply([](auto* bench) { fleets(bench, allocation_kind::ekya, 100'000); }) -> Complexity();

/// Candidates of one request among cameras 500 m apart on a square grid, five to a group.
void candidates_among_cameras(benchmark::State& state) {
  grouping policy{grouping_options{}};
  auto request_at = [](int corner, int camera) {
    retrain_request r;
    r.camera = camera_id{std::to_string(5 * corner + camera)};
    r.place = {.0045 * (corner % 100), .0045 * (corner / 100)};
    return r;
  };
  std::vector<retrain_request> members(5);
  for (int corner = 0; corner < state.range(0) / 5; ++corner) {
    for (int c = 0; c < 5; ++c)
      members[static_cast<std::size_t>(c)] = request_at(corner, c);
    policy.open(members, duration{}, 1);
  }
  auto request = request_at(0, 0);
  request.camera = camera_id{"new"};
  for (auto _ : state)
    benchmark::DoNotOptimize(policy.candidates(request, duration{}, 1));
}
BENCHMARK(candidates_among_cameras)->Arg(10)->Arg(100)->Arg(1000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

} // namespace
