// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/control_plane_rigs.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/allocator.hpp"
#include "actors/group_job.hpp"
#include "actors/grouper.hpp"
#include "actors/telemetry.hpp"
#include "actors/virtual_system.hpp"
#include "benchmarks/stub.hpp"
#include "deploy/experiment/virtual_fleet.hpp"
#include "runtime/learn/curve.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace ecco {

namespace {

using namespace std::chrono_literals;
using stopwatch_clock = std::chrono::steady_clock;

double seconds_since(stopwatch_clock::time_point began) {
  return std::chrono::duration<double>(stopwatch_clock::now() - began).count();
}

camera_id nth_camera(std::uint32_t n) {
  return camera_id{"camera-" + std::to_string(n)};
}

/// Ten cameras at each crossing, crossings 2 km apart on a grid.
location place_of(std::uint32_t camera) {
  const auto crossing = camera / cameras_a_group;
  return {-60 + .018 * (crossing % 317), -150 + .036 * (crossing / 317)};
}

labelled_frame a_frame(const camera_id& camera, sample_role role, const image& picture) {
  return {{camera, {}, role, picture}, {{{.1F, .1F, .2F, .2F}, 0, false, {}}}, {}, 0, false};
}

/// What a member of a group has sent: a few frames of each role.
sample_batch frames_of(const camera_id& camera, const image& picture) {
  sample_batch out{camera, {}, 0};
  for (int i = 0; i < 4; ++i)
    out.frames.push_back(a_frame(camera, sample_role::train, picture));
  for (int i = 0; i < 2; ++i)
    out.frames.push_back(a_frame(camera, sample_role::held_out, picture));
  return out;
}

constexpr auto no_answers = [](const std::nullptr_t&) {};

/// Runs a virtual system as `advance` does, and measures each message of kind `Message` that `whom` handles.
template <class Message>
class watched_system : public virtual_system {
 public:
  void watch_actor(const caf::actor& whom) { whom_ = caf::actor_cast<caf::abstract_actor*>(whom); }

  void run_until(std::vector<double>& out, std::size_t samples, duration longest) {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system().scheduler());
    const auto end = elapsed() + longest;
    while (out.size() < samples && elapsed() < end) {
      while (scheduler.has_job())
        run_one(scheduler, out);
      const auto& due = scheduler.clock().schedule();
      if (due.empty())
        return;
      scheduler.advance_time(std::max(due.begin()->first, scheduler.clock().now()) - scheduler.clock().now());
    }
  }

 private:
  void run_one(caf::scheduler::test_coordinator& scheduler, std::vector<double>& out) {
    auto* next = dynamic_cast<caf::scheduled_actor*>(scheduler.jobs.front());
    const auto* letter = next && next == whom_ ? next->mailbox().peek() : nullptr;
    const bool measured = letter && letter->content().template match_elements<Message>();
    const auto began = stopwatch_clock::now();
    scheduler.run_once();
    if (measured)
      out.push_back(seconds_since(began));
  }

  caf::abstract_actor* whom_ = nullptr;
};

std::size_t resident_bytes() {
  std::size_t all = 0, resident = 0;
  std::ifstream{"/proc/self/statm"} >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// A fleet that sends as little as one can; nothing drifts.
settings idle_fleet(std::uint32_t cameras) {
  settings out;
  out.server.workers = 1;
  out.sampling.infer_fps = .2;
  out.sampling.held_out_fps = .2;
  out.sampling.bitrate = bit_rate{10'000};
  out.experiment.capacity = 100'000;
  out.experiment.fps = .2;
  auto& region = out.experiment.regions[region_id{"city"}];
  region.cameras = cameras;
  region.spread = metres{20'000};
  return out;
}

} // namespace

std::vector<double> measure_grants(std::uint32_t cameras, std::size_t samples) {
  watched_system<micro_window_report> world;
  auto& system = world.system();
  const auto sink = world.keep(system.spawn(telemetry, telemetry_sink{}));
  allocator_config config;
  config.micro_windows = 60;
  const auto server = world.keep(system.spawn(allocator, config, sink));
  const auto store = world.keep(spawn_stub<model_store_actor>(system, no_answers));
  const auto picture = curve_picture(1);
  const auto initial = curve_weights({{std::uint8_t{0}, 4000}});
  std::vector<double> out;
  for (int i = 0; i < 2; ++i)
    world.tell(server, worker_hello{worker_id{"gpu" + std::to_string(i)}, incarnation{1}, "virtual"},
               world.keep(system.spawn(
                 gpu_worker, worker_id{"gpu" + std::to_string(i)}, [] { return make_curve_learner({}); }, sink)));
  const auto groups = std::max(1u, cameras / cameras_a_group);
  for (std::uint32_t g = 0; g < groups; ++g) {
    group_job_config of_job;
    of_job.group = group_id{g + 1};
    of_job.initial = {{1, {}}, initial};
    const auto job = world.keep(system.spawn(group_job, of_job, server, store, sink));
    for (std::uint32_t c = 0; c < cameras_a_group; ++c) {
      const auto camera = nth_camera(g * cameras_a_group + c);
      world.tell(job, join_order{of_job.group, camera, {}, {}});
      world.tell(job, frames_of(camera, picture));
    }
  }
  world.tell(server, world.keep(spawn_stub<grouper_actor>(system, no_answers)));
  std::vector<double> warm_up;
  world.watch_actor(caf::actor_cast<caf::actor>(server));
  world.run_until(warm_up, 240, 1h);
  world.run_until(out, samples, 24h);
  return out;
}

std::vector<double> measure_placings(std::uint32_t cameras, std::size_t samples) {
  virtual_system world;
  auto& system = world.system();
  const auto sink = world.keep(system.spawn(telemetry, telemetry_sink{}));
  const auto picture = curve_picture(1);
  // The same accuracy for everybody: with the same origin, that is good enough to join.
  const auto scores = [](const eval_order& order) {
    eval_report out;
    for (const auto& frame : order.frames)
      if (out.scores.empty() || out.scores.back().camera != frame.shot.camera) {
        camera_score score;
        score.camera = frame.shot.camera;
        score.map50 = score.map = .5;
        score.frames = score.objects = 32;
        out.scores.push_back(score);
      }
    return out;
  };
  const auto devices = world.keep(spawn_stub<allocator_actor>(system, scores));
  const auto acknowledges = [](const model_update& update) { return model_ack{{}, update.model}; };
  const auto eye = world.keep(spawn_stub<camera_actor>(system, acknowledges));
  model_store_config of_store;
  of_store.initial = curve_weights({{std::uint8_t{0}, 4000}});
  const auto store = world.keep(system.spawn(model_store, of_store, std::shared_ptr<revision_store>{make_memory_store()}, sink));
  const job_factory jobs = [&](group_id group, const model_update& initial) {
    group_job_config of_job;
    of_job.group = group;
    of_job.initial = initial;
    return world.keep(system.spawn(group_job, of_job, devices, store, sink));
  };
  grouper_config config;
  config.subsamples = 1;
  const auto desk = world.keep(system.spawn(grouper, config, jobs, devices, store, sink));
  std::vector<double> out;
  for (std::uint32_t i = 0; i < cameras; ++i) {
    const auto camera = nth_camera(i);
    const camera_hello hello{camera, incarnation{1}, place_of(i), {}};
    const auto subsamples = [camera, picture](const subsample_order&) { return frames_of(camera, picture); };
    world.tell(store, hello, eye);
    world.tell(desk, hello, eye, world.keep(spawn_stub<ingest_actor>(system, subsamples)));
    const retrain_request wish{request_id{i + 1}, camera, place_of(i), 2s, request_reason::injected, {1, {}}};
    const auto began = stopwatch_clock::now();
    const auto answered = world.ask<request_answer>(desk, wish);
    const auto took = seconds_since(began);
    if (!answered)
      throw std::runtime_error{"a request was not placed: " + render(answered.error())};
    if (i + samples >= cameras)
      out.push_back(took);
  }
  return out;
}

double measure_statuses(std::uint32_t cameras, std::size_t messages) {
  system_config config{actor_network::off, 1};
  caf::actor_system system{config};
  std::size_t heard = 0;
  const auto sink = system.spawn(telemetry, telemetry_sink{{}, [&](const camera_status&) { ++heard; }});
  std::vector<camera_status> statuses(cameras);
  for (std::uint32_t i = 0; i < statuses.size(); ++i)
    statuses[i].camera = nth_camera(i);
  double took = 0;
  {
    caf::scoped_actor self{system};
    const auto began = stopwatch_clock::now();
    for (std::size_t i = 0; i < messages; ++i)
      self->send(sink, statuses[i % statuses.size()]);
    self->request(sink, caf::infinite, status_query{}).receive([](const status_report&) {}, [](const caf::error&) {});
    took = seconds_since(began);
    self->send_exit(sink, caf::exit_reason::user_shutdown);
  }
  system.await_all_actors_done();
  if (heard != messages)
    throw std::runtime_error{"telemetry lost statuses"};
  return static_cast<double>(messages) / took;
}

void measure_memory(control_plane_costs& of) {
  int ends[2];
  if (pipe(ends) != 0)
    throw std::runtime_error{"no pipe"};
  const auto child = fork();
  if (child == 0) {
    double told[2] = {0, 0};
    {
      const auto from = idle_fleet(of.cameras);
      const auto before = resident_bytes();
      virtual_fleet fleet{from, make_curve_parts(from).value(), {}};
      told[0] = static_cast<double>(resident_bytes() - before) / of.cameras;
      fleet.advance(120s);
      told[1] = static_cast<double>(resident_bytes() - before) / of.cameras;
      const auto written = write(ends[1], told, sizeof told);
      _exit(written == sizeof told ? 0 : 1);
    }
  }
  double told[2] = {0, 0};
  int status = 0;
  const auto got = read(ends[0], told, sizeof told);
  close(ends[0]);
  close(ends[1]);
  if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0 || got != sizeof told)
    throw std::runtime_error{"the process that measures memory failed"};
  of.bytes_welcomed = told[0];
  of.bytes_idle = told[1];
}

} // namespace ecco
