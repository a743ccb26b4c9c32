// SPDX-License-Identifier: Apache-2.0
// How well the rate laws divide an uplink under each way of losing packets, and what the simulated network is worth:
// its speed, and its shares against those of ns-3 where that is installed.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include <nlohmann/json.hpp>

#include "benchmarks/dumbbell.hpp"
#include "tests/support/rate_trial.hpp"

namespace {

using namespace ecco;
using namespace ecco::bench;
using namespace ecco::test;
using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::uint64_t seed = 1;
constexpr double uplink = 9e6;

struct fleet {
  const char* name;
  std::vector<trial_camera> cameras;
};

const std::vector<fleet> fleets{
    {".3/.7", {{.3}, {.7}}},
    {"six", {{.1}, {.1}, {.25}, {.25}, {.15}, {.15}}},
    {"Fig. 11", {{.15, 50ms, 1e6}, {.15, 50ms, 1e6}, {.25}, {.25}, {.1}, {.1}}},
    {"Fig. 11, 20-120 ms", {{.15, 20ms, 1e6}, {.15, 30ms, 1e6}, {.25, 40ms}, {.25, 60ms}, {.1, 80ms}, {.1, 120ms}}},
};

/// The largest difference of a camera's share from the ideal, over ten minutes.
json compare_laws() {
  std::printf("Largest error of a camera's share; uplink 9 Mb/s, queue 60 ms, seed %llu\n\n%-20s %-13s %9s %9s %9s\n",
              static_cast<unsigned long long>(seed), "cameras", "losses", "corrected", "paper", "aimd");
  auto rows = json::array();
  for (const auto& [name, cameras] : fleets)
    for (const auto& model : loss_models(uplink, 60ms, 300ms, .002)) {
      json row{{"cameras", name}, {"losses", model.name}};
      std::printf("%-20s %-13s", name, model.name);
      for (const auto& [called, law] :
           {std::pair{"corrected", rate_law::corrected}, {"paper", rate_law::paper}, {"aimd", rate_law::aimd}}) {
        rate_trial trial;
        trial.rates.law = law;
        trial.shared = model.shared;
        trial.cameras = cameras;
        trial.seed = seed;
        const auto measured = run(trial);
        const auto capacity = model.shared.bits_per_second > 0 ? uplink : measured.total;
        const auto error = largest_error(measured.shares, ideal_shares(cameras, capacity));
        row[called] = {{"error", error}, {"shares", measured.shares}, {"bits_per_second", measured.total}};
        std::printf(" %9.3f", error);
      }
      std::printf("\n");
      rows.push_back(std::move(row));
    }
  return rows;
}

course run_here(const dumbbell& what, duration warm_up, duration length) {
  const auto began = std::chrono::steady_clock::now();
  bottleneck_options shared;
  shared.bits_per_second = what.bits_per_second;
  shared.queue_bytes = 1200 * what.queue_packets;
  shared.loss = what.loss;
  simulated_network network{shared, seed};
  const auto flows = static_cast<std::uint32_t>(what.alphas.size());
  for (std::uint32_t i = 0; i < flows; ++i) {
    flow_options flow;
    flow.how = sending::window;
    flow.alpha = what.alphas[i];
    flow.round_trip = what.round_trips[i % what.round_trips.size()];
    flow.starts = 7ms * i;
    flow.jitter = from_seconds(8 * 1200 / what.bits_per_second); // what the queue takes for a packet
    network.add(flow);
  }
  network.advance(warm_up);
  course out;
  for (std::uint32_t i = 0; i < flows; ++i)
    out.shares.push_back(-static_cast<double>(network.total(i).delivered));
  network.advance(warm_up + length);
  for (std::uint32_t i = 0; i < flows; ++i) {
    out.shares[i] += static_cast<double>(network.total(i).delivered);
    out.packets += network.total(i).packets;
  }
  const auto all = std::accumulate(out.shares.begin(), out.shares.end(), 0.0);
  for (auto& share : out.shares)
    share /= all;
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return out;
}

const std::vector<dumbbell> dumbbells{
    {".3/.7, random loss", {.3, .7}, {50ms}, 100e6, 1000, .001},
    {".2/.3/.5, random loss", {.2, .3, .5}, {50ms}, 100e6, 1000, .001},
    {"six, random loss", {.1, .1, .25, .25, .15, .15}, {50ms}, 100e6, 1000, .001},
    {".5/.5 at 20/100 ms, random loss", {.5, .5}, {20ms, 100ms}, 100e6, 1000, .001},
    {".3/.7, drop-tail", {.3, .7}, {50ms}, 8e6, 30, 0},
    {"six, drop-tail", {.1, .1, .25, .25, .15, .15}, {50ms}, 24e6, 60, 0},
    {"1/1 at 20/100 ms, drop-tail", {1, 1}, {20ms, 100ms}, 20e6, 60, 0},
};

json as_json(const course& of) {
  return {{"shares", of.shares}, {"packets", of.packets}, {"seconds", of.seconds}};
}

void print(const char* who, const course& of) {
  std::printf("  %-5s %8.2f M packets/s  ", who, 1e-6 * static_cast<double>(of.packets) / of.seconds);
  for (const auto share : of.shares)
    std::printf(" %.3f", share);
  std::printf("\n");
}

json compare_simulators(duration length) {
  auto rows = json::array();
  std::printf("\nShares of GAIMD windows over %lld s, and packets a second of the processor\n\n",
              static_cast<long long>(length / 1s));
  for (const auto& what : dumbbells) {
    const auto here = run_here(what, 50s, length);
    json row{{"flows", what.name}, {"ecco", as_json(here)}};
    std::printf("%s\n", what.name);
    print("ecco", here);
#ifdef ECCO_HAVE_NS3
    const auto there = run_in_ns3(what, 50s, length, seed);
    row["ns3"] = as_json(there);
    row["largest_difference"] = largest_error(here.shares, there.shares);
    print("ns-3", there);
    std::printf("  largest difference %.3f\n", largest_error(here.shares, there.shares));
#endif
    rows.push_back(std::move(row));
  }
#ifndef ECCO_HAVE_NS3
  std::printf("\n(no ns-3 to compare with: install libns3-dev and build again)\n");
#endif
  return rows;
}

} // namespace

int main(int count, char** arguments) {
  const char* file = nullptr;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--json") == 0 && i + 1 < count) {
      file = arguments[++i];
      continue;
    }
    std::fprintf(stderr, "usage: ecco_rate_bench [--json FILE]\n");
    return 2;
  }
  std::printf("commit %s, %u cores\n", ECCO_COMMIT, std::thread::hardware_concurrency());
  json out{{"commit", ECCO_COMMIT}, {"cores", std::thread::hardware_concurrency()}, {"seed", seed}};
  out["laws"] = compare_laws();
  out["simulators"] = compare_simulators(300s);
  if (!file)
    return 0;
  auto* to = std::fopen(file, "w");
  if (!to) {
    std::fprintf(stderr, "%s cannot be written\n", file);
    return 1;
  }
  const auto text = out.dump(2);
  const auto written = std::fwrite(text.data(), 1, text.size(), to) == text.size();
  return std::fclose(to) == 0 && written ? 0 : 1;
}
