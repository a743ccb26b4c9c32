// SPDX-License-Identifier: Apache-2.0
// Pictures a second of the synthetic city, with labels, on one core.
// Usage: ecco_world_bench [--json] [--seed N] [--rounds N]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "runtime/world/labels.hpp"

namespace {

using namespace ecco::world;
using clock_type = std::chrono::steady_clock;

/// Pictures a second, of all rounds.
struct rates {
  std::vector<double> all;

  double median() const {
    auto sorted = all;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
  /// Half of what lies between the slowest and the fastest round, as a share of the median.
  double spread() const {
    const auto [low, high] = std::minmax_element(all.begin(), all.end());
    return (*high - *low) / 2 / median();
  }
};

struct measured {
  std::string camera, conditions;
  /// One after the other at 10 a second; the same without keeping what stands still; at moments drawn at
  /// random from a day.
  rates in_order, forgetful, at_random;
  /// A picture's objects that are labelled, and those of them at least 12 pixels high.
  double labelled = 0, useful = 0;
};

constexpr int pictures = 150;
constexpr double day = 86'400;

double seconds_since(clock_type::time_point begin) {
  return std::chrono::duration<double>(clock_type::now() - begin).count();
}

template <class Time>
double rate(world_camera& camera, Time&& time_of) {
  const auto begin = clock_type::now();
  std::size_t labels = 0;
  for (int k = 0; k < pictures; ++k)
    labels += labels_of(camera.at(time_of(k))).size();
  const double took = seconds_since(begin);
  return labels + 1 > 0 ? pictures / took : 0;
}

measured measure(const std::shared_ptr<const world>& in, const std::string& name, const std::string& label,
                 const conditions& weather, int rounds) {
  auto plan = camera_named(name).value();
  plan.happens.begins = weather;
  world_camera keeps{in, plan, true}, forgets{in, plan, false};
  measured out;
  out.camera = name;
  out.conditions = label;
  const auto in_order = [](int k) { return 7200 + k * .1; };
  const auto at_random = [](int k) { return fraction(hashed(5, k)) * day; };
  // Makes buffers, and what stands still, too.
  for (int k = 0; k < pictures; ++k)
    for (const auto& one : keeps.at(in_order(k)).objects)
      if (counts(one, {})) {
        out.labelled += 1. / pictures;
        out.useful += one.y1 - one.y0 >= 12 ? 1. / pictures : 0;
      }
  forgets.at(in_order(0));
  for (int round = 0; round < rounds; ++round) {
    out.in_order.all.push_back(rate(keeps, in_order));
    out.forgetful.all.push_back(rate(forgets, in_order));
    out.at_random.all.push_back(rate(keeps, at_random));
  }
  return out;
}

} // namespace

int main(int argc, char** argv) {
  bool json = false;
  std::uint64_t seed = 1;
  int rounds = 5;
  for (int i = 1; i < argc; ++i) {
    json = json || std::strcmp(argv[i], "--json") == 0;
    if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
      rounds = std::max(1, std::atoi(argv[i + 1]));
  }
  const auto begin = clock_type::now();
  const auto in = std::make_shared<const world>(world_options{seed, 10});
  const double made_in = seconds_since(begin);
  conditions rain, night, snow;
  rain.rain = 1;
  night.hour = 22.5f;
  night.rain = .6f;
  snow.snow = 1;
  std::vector<measured> all;
  for (const auto* name : {"downtown-1", "suburb-1", "park-1", "highway-1", "tunnel-1", "car-downtown-1",
                           "car-highway-1", "drone-suburb-1"})
    all.push_back(measure(in, name, "clear", {}, rounds));
  all.push_back(measure(in, "downtown-1", "rain", rain, rounds));
  all.push_back(measure(in, "downtown-1", "night, rain", night, rounds));
  all.push_back(measure(in, "downtown-1", "snow", snow, rounds));
  if (json) {
    nlohmann::json out{{"benchmark", "world"},
                       {"commit", ECCO_COMMIT},
                       {"seed", seed},
                       {"size", "320x192"},
                       {"world_made_s", made_in},
                       {"threads", 1},
                       {"rounds", rounds},
                       {"cores", std::thread::hardware_concurrency()}};
    for (const auto& one : all)
      out["cameras"].push_back({{"camera", one.camera},
                                {"conditions", one.conditions},
                                {"fps", one.in_order.median()},
                                {"fps_spread", one.in_order.spread()},
                                {"fps_nothing_kept", one.forgetful.median()},
                                {"fps_nothing_kept_spread", one.forgetful.spread()},
                                {"fps_at_random", one.at_random.median()},
                                {"fps_at_random_spread", one.at_random.spread()},
                                {"labelled", one.labelled},
                                {"labelled_12px", one.useful}});
    std::puts(out.dump(2).c_str());
    return 0;
  }
  std::printf("world: 320x192 with labels, one thread of %u cores, seed %llu, commit %s; made in %.2f s\n",
              std::thread::hardware_concurrency(), static_cast<unsigned long long>(seed), ECCO_COMMIT,
              made_in);
  std::printf(
      "medians of %d rounds of %d pictures; +- is half of what lies between the slowest and the fastest\n",
      rounds, pictures);
  std::printf("%-16s %-12s %14s %14s %14s %9s %9s\n", "camera", "conditions", "frames/s", "nothing kept",
              "at random", "labelled", ">= 12 px");
  for (const auto& one : all) {
    std::printf("%-16s %-12s", one.camera.c_str(), one.conditions.c_str());
    for (const auto* some : {&one.in_order, &one.forgetful, &one.at_random})
      std::printf(" %6.0f +-%3.0f %%", some->median(), 100 * some->spread());
    std::printf(" %9.1f %9.1f\n", one.labelled, one.useful);
  }
}
