// SPDX-License-Identifier: Apache-2.0
#include "deploy/configured.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "deploy/options/policy_options.hpp"
#include "runtime/base/random.hpp"
#include "runtime/world/address.hpp"

namespace ecco {

namespace {

grouping_options grouping_of(const settings& from) {
  grouping_options out;
  out.share_jobs = from.policy.grouping != grouping_mode::independent;
  out.max_age = from.policy.max_age;
  out.max_distance_m = from.policy.max_distance.value;
  out.drop = from.policy.drop;
  out.join_margin = from.policy.join_margin;
  out.converged_windows = from.policy.converged_windows;
  out.dwell = from.policy.dwell;
  out.most_moves = from.policy.most_moves;
  out.compare_every = from.policy.compare_every;
  out.most_pairs = from.policy.most_pairs;
  if (from.policy.grouping == grouping_mode::together)
    out.learn_together();
  return out;
}

sampler_options sampler_of(const settings& from) {
  sampler_options out;
  out.mode = from.sampling.mode;
  out.refine = from.sampling.refine;
  out.input = from.student.input;
  out.window = from.window.length;
  out.seed = seed_for(from.seed, "sampling");
  for (const auto& [camera, of_camera] : from.cameras)
    if (of_camera.mobile)
      out.mobile.insert(camera);
  return out;
}

allocator_config allocator_of(const settings& from) {
  allocator_config out;
  out.policy.kind = from.policy.allocation;
  out.policy.alpha = from.policy.objective_alpha;
  out.policy.beta = from.policy.objective_beta;
  out.window = from.window.length;
  out.micro_windows = from.window.micro_windows;
  out.mode = from.gpu.mode;
  return out;
}

rate_options rates_of(const settings& from) {
  rate_options out;
  out.law = from.rate.law;
  out.floor = from.rate.floor.value;
  out.ceiling = from.rate.ceiling.value;
  out.start = from.sampling.bitrate.value;
  out.period = from.rate.period;
  out.queue_target = from.rate.queue_target;
  return out;
}

} // namespace

worker_welcome worker_terms(const settings& from) {
  return {from.student.architecture, from.student.input.width, from.student.input.height, from.classes,
          std::string{to_string(from.teacher.kind)}};
}

server_parts configured_server(const settings& from) {
  server_parts out;
  out.allocator = allocator_of(from);
  out.grouper.policy = grouping_of(from);
  out.grouper.subsamples = from.policy.subsamples;
  out.grouper.alarm = alarm_check_of(from);
  out.grouper.reuse = from.zoo.mode != zoo_mode::off;
  out.grouper.plan = plan_of(from.sampling);
  out.grouper.sampling = sampler_of(from);
  out.grouper.bootstrap = from.student.weights.empty() ? from.bootstrap.length : duration::zero();
  out.models.gate = gate_of(from);
  out.models.zoo = zoo_of(from);
  out.models.student = {from.classes, from.student.input.width, from.student.input.height};
  out.rates.law = from.rate.law;
  out.rates.correct_every = from.rate.correct_every;
  out.job.train_frames = from.training.replay_frames;
  out.job.held_out_frames = held_out_frames;
  out.job.seed = seed_for(from.seed, "jobs");
  out.job.second_looks = second_looks_of(from);
  out.ingest.split = out.grouper.plan.split;
  if (from.sampling.mode == sampling_mode::ams)
    out.ingest.adaptive = out.grouper.plan;
  out.ingest.before_drift
    = static_cast<std::size_t>(std::lround(from.training.pre_drift_share * from.training.replay_frames));
  out.ingest.held_out_before_drift = held_out_before_drift_of(from);
  out.camera.plan = out.grouper.plan;
  out.camera.student = from.student.architecture;
  out.camera.input_width = from.student.input.width;
  out.camera.input_height = from.student.input.height;
  out.camera.classes = from.classes;
  out.worker = worker_terms(from);
  for (const auto& [camera, of_camera] : from.cameras)
    out.known_cameras.push_back(camera);
  return out;
}

camera_config configured_camera(const settings& from) {
  camera_config out;
  out.infer_fps = from.sampling.infer_fps;
  out.drift = drift_detector_of(from);
  out.rate = rates_of(from);
  return out;
}

camera_config configured_camera(const settings& from, const camera_id& camera, incarnation process) {
  const auto& of_camera = from.cameras.at(camera);
  auto out = configured_camera(from);
  out.camera = camera;
  out.process = process;
  out.place = of_camera.place;
  out.real_time = of_camera.pace == pace::realtime;
  for (const auto& filter : of_camera.filters)
    out.scripted.push_back({filter.at, filter.chain});
  if (const auto in_city = world::read_address(of_camera.source)) // what is wrong with it, its source will say
    for (const auto& [at, what] : world::announcements(*in_city))
      out.scripted.push_back({from_seconds(at), what});
  std::stable_sort(out.scripted.begin(), out.scripted.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

} // namespace ecco
