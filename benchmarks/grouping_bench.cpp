// SPDX-License-Identifier: Apache-2.0
// Times the decisions of the grouping policy (Algorithm 2) in cities of 100 to 100,000 cameras, against a linear scan
// of all groups in the same run. Usage: ecco_grouping_bench [--json] [MOST_CAMERAS]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "runtime/policy/grouping.hpp"

namespace {

using namespace ecco;
using namespace std::chrono_literals;

constexpr std::uint64_t seed = 7;
constexpr int group_size = 10;
constexpr int probes = 2'000, linear_probes = 200;

double micros(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - since).count();
}

struct spread {
  double median = 0, p99 = 0;
};

spread spread_of(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

/// Ten cameras around each street corner, corners 500 m apart; every other one moves a little each window.
struct city {
  explicit city(int cameras) : corners(cameras / group_size), side(static_cast<int>(std::ceil(std::sqrt(corners)))) {}

  retrain_request request(int camera, const std::string& called = {}) {
    const auto corner = camera / group_size;
    std::uniform_real_distribution<double> off{-.0004, .0004}; // 45 m
    retrain_request out;
    out.camera = camera_id{called.empty() ? "camera-" + std::to_string(camera) : called};
    out.place = {47 + .0045 * (corner / side) + off(random), 8 + .0066 * (corner % side) + off(random)};
    return out;
  }

  int corners, side;
  std::mt19937_64 random{seed};
};

/// Line 4 over all groups, as it was before there was an index.
std::vector<group_id> near_by_linear_scan(const grouping& policy, const grouping_options& options,
                                          const retrain_request& request, duration now) {
  std::vector<group_id> out;
  for (const auto& [id, g] : policy.groups())
    if (std::all_of(g.members.begin(), g.members.end(), [&](const auto& entry) {
          const auto& m = entry.second;
          return now >= m.since - options.max_age && now <= m.until + options.max_age
                 && distance_m(m.place, request.place) <= options.max_distance_m;
        }))
      out.push_back(id);
  return out;
}

/// One request without its evaluation: who is near, then where it goes.
placement place(grouping& policy, const retrain_request& request, duration now) {
  std::vector<candidate_score> scores;
  for (const auto id : policy.candidates(request, now, 1))
    scores.push_back({id, .5, true});
  return policy.place(request, .1, scores, now, 1);
}

nlohmann::json measure(int cameras) {
  grouping_options options;
  grouping policy{options};
  city town{cameras};
  const auto now = duration{1h};
  std::vector<double> placing, linear;
  std::vector<member_score> scores;
  for (int i = 0; i < cameras; ++i)
    place(policy, town.request(i), now);
  std::uniform_int_distribution<int> any{0, cameras - 1};
  for (int i = 0; i < probes; ++i) {
    const auto asks = town.request(any(town.random), "newcomer");
    const auto begin = std::chrono::steady_clock::now();
    place(policy, asks, now);
    placing.push_back(micros(begin));
    policy.leave(asks.camera);
  }
  std::size_t differ = 0;
  for (int i = 0; i < linear_probes; ++i) {
    const auto asks = town.request(any(town.random), "newcomer");
    const auto begin = std::chrono::steady_clock::now();
    const auto near = near_by_linear_scan(policy, options, asks, now);
    linear.push_back(micros(begin));
    differ += near == policy.candidates(asks, now, 1) ? 0 : 1;
  }
  for (int i = 0; i < cameras; ++i)
    scores.push_back({camera_id{"camera-" + std::to_string(i)}, .5 + .001 * (i % 7), .01});
  auto begin = std::chrono::steady_clock::now();
  policy.close_window(3, scores, now + 60s);
  const auto closing = micros(begin);
  begin = std::chrono::steady_clock::now();
  const auto pairs = policy.pairs_to_compare(3).size();
  const auto pairing = micros(begin);
  begin = std::chrono::steady_clock::now();
  for (int i = 0; i < cameras; i += 2)
    policy.moved(camera_id{"camera-" + std::to_string(i)}, town.request(i).place);
  const auto moving = micros(begin);

  const auto placed = spread_of(placing), scanned = spread_of(linear);
  return {{"cameras", cameras},
          {"groups", policy.groups().size()},
          {"place_us", {{"median", placed.median}, {"p99", placed.p99}}},
          {"linear_scan_us", {{"median", scanned.median}, {"p99", scanned.p99}}},
          {"ratio", scanned.median / placed.median},
          {"differences", differ},
          {"close_window_us_per_camera", closing / cameras},
          {"pairs_us_per_camera", pairing / cameras},
          {"pairs", pairs},
          {"move_us_per_camera", moving / ((cameras + 1) / 2)}};
}

void print(const nlohmann::json& row) {
  std::printf("%8d %7zu %10.1f %9.1f %12.1f %7.0f %13.2f %11.3f %10.3f\n", row["cameras"].get<int>(),
              row["groups"].get<std::size_t>(), row["place_us"]["median"].get<double>(),
              row["place_us"]["p99"].get<double>(), row["linear_scan_us"]["median"].get<double>(),
              row["ratio"].get<double>(), row["close_window_us_per_camera"].get<double>(),
              row["pairs_us_per_camera"].get<double>(), row["move_us_per_camera"].get<double>());
}

} // namespace

int main(int argc, char** argv) {
  const auto json = argc > 1 && std::string_view{argv[1]} == "--json";
  const auto most = argc > (json ? 2 : 1) ? std::atoi(argv[argc - 1]) : 100'000;
  nlohmann::json out{{"seed", seed}, {"cores", std::thread::hardware_concurrency()}, {"rows", nlohmann::json::array()}};
  if (!json)
    std::printf("seed %d, %u cores; placing one request without its evaluation, against finding its candidates by a "
                "linear scan\n%8s %7s %10s %9s %12s %7s %13s %11s %10s\n",
                static_cast<int>(seed), std::thread::hardware_concurrency(), "cameras", "groups", "place us", "p99 us",
                "linear us", "ratio", "close us/cam", "pair us/cam", "move us");
  for (int cameras = 100; cameras <= most; cameras *= 10) {
    out["rows"].push_back(measure(cameras));
    if (!json)
      print(out["rows"].back());
    if (out["rows"].back()["differences"] != 0) {
      std::fputs("ecco_grouping_bench: the index and the linear scan disagree\n", stderr);
      return 1;
    }
  }
  if (json)
    std::puts(out.dump(2).c_str());
  return 0;
}
