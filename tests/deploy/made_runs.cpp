// SPDX-License-Identifier: Apache-2.0
#include "tests/deploy/made_runs.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/base/event_ids.hpp"

namespace ecco::made {

namespace {

struct made_camera {
  std::string name;
  double clean, drift_at, dark, deployed_at, recovered;
};

const std::array made_cameras{
    made_camera{"north", 0.62, 90, 0.24, 121, 0.56}, made_camera{"yard", 0.58, 90, 0.21, 121, 0.53},
    made_camera{"gate", 0.66, 90, 0.33, 141, 0.51}, made_camera{"hall", 0.55, 120, 0.18, 181, 0.44}};

double map50_at(const made_camera& camera, double t) {
  const double wobble = 0.02 * std::sin(t / 3.1 + camera.clean * 50) + 0.012 * std::sin(t / 1.3);
  if (t < camera.drift_at)
    return std::max(0.0, camera.clean * (1 - std::exp(-t / 12)) + wobble);
  if (t < camera.deployed_at)
    return camera.dark + wobble;
  const double rest = std::exp(-(t - camera.deployed_at) / 40);
  return camera.recovered + (camera.dark - camera.recovered) * 0.6 * rest + wobble;
}

void add_story(std::vector<event>& events) {
  events.push_back(at(0, event_id::worker_up, {.worker = "worker-1", .text = "cpu"}));
  events.push_back(at(40, event_id::bootstrap_ended, {.text = "the students know the clean scene"}));
  for (const auto& camera : made_cameras) {
    events.push_back(
        at(camera.drift_at, event_id::drift_injected, {.camera = camera.name, .text = "eq=gamma=0.4"}));
    events.push_back(at(camera.drift_at + 5, event_id::drift_detected, {.camera = camera.name, .value = 1}));
  }
  events.push_back(at(96, event_id::group_opened, {.camera = "north", .group = 1, .text = "no group fits"}));
  events.push_back(
      at(98, event_id::group_joined, {.camera = "yard", .group = 1, .text = "its model gives +0.11"}));
  events.push_back(
      at(99, event_id::group_joined, {.camera = "gate", .group = 1, .text = "its model gives +0.06"}));
  events.push_back(at(126, event_id::group_opened, {.camera = "hall", .group = 2, .text = "no group fits"}));
  events.push_back(at(200, event_id::group_left, {.camera = "gate", .group = 1, .text = "fell by 0.05"}));
  events.push_back(
      at(203, event_id::group_joined, {.camera = "gate", .group = 2, .text = "its model gives +0.04"}));
  for (const auto& camera : made_cameras)
    for (double t = camera.deployed_at; t < 300; t += 40)
      events.push_back(
          at(t, event_id::model_deployed, {.camera = camera.name, .group = 1, .text = "revision 3"}));
}

void add_micro_windows(std::vector<event>& events) {
  for (int i = 0; i < 96; ++i) {
    const double end = 102 + 2.0 * i;
    const std::uint32_t group = end > 130 && i % 5 < 2 ? 2 : 1;
    const auto window = static_cast<window_number>(1 + i / 10);
    events.push_back(at(end, event_id::grant_done,
                        {.group = group, .worker = "worker-1", .window = window, .value = 1.9}));
    events.push_back(at(end, event_id::gpu_busy, {.worker = "worker-1", .value = 1.5, .text = "train"}));
    events.push_back(at(end, event_id::gpu_busy, {.worker = "worker-1", .value = 0.4, .text = "evaluate"}));
  }
}

} // namespace

event at(double seconds, std::string_view id, said what) {
  return {from_seconds(seconds),
          std::string{id},
          camera_id{what.camera},
          group_id{what.group},
          worker_id{what.worker},
          what.window,
          what.value,
          what.text};
}

event reading(double seconds, std::string camera, double map50) {
  return at(seconds, event_id::accuracy_deployed, {.camera = std::move(camera), .value = map50});
}

recorded_run run_of(std::vector<event> events) {
  std::stable_sort(events.begin(), events.end(), [](const event& a, const event& b) { return a.at < b.at; });
  recorded_run run;
  run.events.assign(events.begin(), events.end());
  return run;
}

recorded_run demo_like() {
  std::vector<event> events;
  add_story(events);
  add_micro_windows(events);
  for (double t = 2; t <= 300; t += 2)
    for (const auto& camera : made_cameras)
      events.push_back(reading(t, camera.name, map50_at(camera, t)));
  auto run = run_of(std::move(events));
  for (const auto& camera : made_cameras)
    run.cameras[camera_id{camera.name}] = {
        {camera_id{camera.name}, {3, "ab"}, 3000, 900, 4'200'000, 0.1, 0.5, 4}, 4'200'000};
  return run;
}

run_facts demo_facts() {
  run_facts facts{7, "ecco", {}};
  for (const auto& camera : made_cameras)
    facts.cameras.push_back({camera_id{camera.name}, std::nullopt});
  return facts;
}

} // namespace ecco::made
