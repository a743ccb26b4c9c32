// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "runtime/policy/allocation.hpp"
#include "runtime/policy/grouping.hpp"

namespace {

using namespace ecco;

/// One grant and its outcome, in a window with all initial passes behind it.
void grant_among_jobs(benchmark::State& state) {
  auto jobs = static_cast<std::uint32_t>(state.range(0));
  allocation policy{allocation_options{}};
  for (std::uint32_t i = 1; i <= jobs; ++i)
    policy.start_job(group_id{i}, 1 + i % 7);
  policy.open_window(~0u);
  double accuracy = .1;
  auto serve = [&] {
    auto id = policy.grant();
    policy.complete(*id, {accuracy, accuracy + .05 + .0001 * id->value, .01});
  };
  for (std::uint32_t i = 0; i < jobs; ++i)
    serve();
  for (auto _ : state)
    serve();
}
BENCHMARK(grant_among_jobs)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

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
