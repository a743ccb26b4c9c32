// SPDX-License-Identifier: Apache-2.0
// Pictures a second of the synthetic city, with labels, on one core. Usage: ecco_world_bench [--json] [--seed
// N]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "runtime/world/labels.hpp"

namespace {

using namespace ecco::world;
using clock_type = std::chrono::steady_clock;

struct measured {
  std::string camera, conditions;
  /// Pictures a second: one after the other at 10 a second; the same without keeping what stands still; at
  /// moments drawn at random from a day.
  double in_order = 0, forgetful = 0, at_random = 0;
  /// A picture's objects that are labelled, and those of them at least 12 pixels high.
  double labelled = 0, useful = 0;
};

constexpr int pictures = 150;
constexpr double day = 86'400;

double seconds_since(clock_type::time_point begin) {
  return std::chrono::duration<double>(clock_type::now() - begin).count();
}

template <class Time>
double rate(world_camera& camera, Time&& time_of, measured* count) {
  camera.at(time_of(0)); // buffers, and what stands still
  const auto begin = clock_type::now();
  std::size_t labels = 0;
  for (int k = 0; k < pictures; ++k) {
    const auto seen = camera.at(time_of(k));
    labels += labels_of(seen).size();
    if (count)
      for (const auto& one : seen.objects)
        if (counts(one, {})) {
          count->labelled += 1. / pictures;
          count->useful += one.y1 - one.y0 >= 12 ? 1. / pictures : 0;
        }
  }
  const double took = seconds_since(begin);
  return labels + 1 > 0 ? pictures / took : 0;
}

measured measure(const std::shared_ptr<const world>& in, const std::string& name, const std::string& label,
                 const conditions& weather) {
  auto plan = camera_named(name).value();
  plan.happens.begins = weather;
  world_camera keeps{in, plan, true}, forgets{in, plan, false};
  measured out;
  out.camera = name;
  out.conditions = label;
  const auto in_order = [](int k) { return 7200 + k * .1; };
  out.in_order = rate(keeps, in_order, &out);
  out.forgetful = rate(forgets, in_order, nullptr);
  out.at_random = rate(
      keeps, [](int k) { return fraction(hashed(5, k)) * day; }, nullptr);
  return out;
}

} // namespace

int main(int argc, char** argv) {
  bool json = false;
  std::uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    json = json || std::strcmp(argv[i], "--json") == 0;
    if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      seed = std::strtoull(argv[++i], nullptr, 10);
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
    all.push_back(measure(in, name, "clear", {}));
  all.push_back(measure(in, "downtown-1", "rain", rain));
  all.push_back(measure(in, "downtown-1", "night, rain", night));
  all.push_back(measure(in, "downtown-1", "snow", snow));
  if (json) {
    nlohmann::json out{{"benchmark", "world"},
                       {"commit", ECCO_COMMIT},
                       {"seed", seed},
                       {"size", "320x192"},
                       {"world_made_s", made_in},
                       {"threads", 1},
                       {"cores", std::thread::hardware_concurrency()}};
    for (const auto& one : all)
      out["cameras"].push_back({{"camera", one.camera},
                                {"conditions", one.conditions},
                                {"fps", one.in_order},
                                {"fps_nothing_kept", one.forgetful},
                                {"fps_at_random", one.at_random},
                                {"labelled", one.labelled},
                                {"labelled_12px", one.useful}});
    std::puts(out.dump(2).c_str());
    return 0;
  }
  std::printf("world: 320x192 with labels, one thread of %u cores, seed %llu, commit %s; made in %.2f s\n",
              std::thread::hardware_concurrency(), static_cast<unsigned long long>(seed), ECCO_COMMIT,
              made_in);
  std::printf("%-16s %-12s %10s %14s %12s %9s %9s\n", "camera", "conditions", "frames/s", "nothing kept",
              "at random", "labelled", ">= 12 px");
  for (const auto& one : all)
    std::printf("%-16s %-12s %10.0f %14.0f %12.0f %9.1f %9.1f\n", one.camera.c_str(), one.conditions.c_str(),
                one.in_order, one.forgetful, one.at_random, one.labelled, one.useful);
}
