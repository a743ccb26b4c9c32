// SPDX-License-Identifier: Apache-2.0
#include "deploy/node.hpp"

#include <chrono>
#include <cmath>
#include <random>
#include <utility>

#include "deploy/teachers.hpp"
#include "deploy/whole_file.hpp"
#include "runtime/base/random.hpp"
#include "runtime/learn/compute_device.hpp"
#include "runtime/learn/torch_learner.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/torch_student.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

/// Each device and camera is one thread: more threads in one operation only wait for each other on a busy machine
/// (design 6).
constexpr int torch_threads = 1;
/// A member's newest held-out frames that its job is scored on: enough for an average precision, few enough that
/// scoring leaves the slice to training.
constexpr std::size_t held_out_frames = 20;
constexpr duration connect_patience = std::chrono::seconds{5};

/// Weights from a user's file are tried on here, where they can be refused, not first on the cameras.
result<blob> initial_weights(const settings& from) {
  if (from.student.weights.empty())
    return make_initial_weights(spec_of(from), seed_for(from.seed, "initial weights"));
  const auto read = read_weights(from.student.weights);
  if (!read)
    return fail(read.error().code, read.error().what, "check student.weights");
  auto adopted = adopt_weights(spec_of(from), *read, from.student.other_classes, seed_for(from.seed, "initial weights"));
  if (!adopted)
    return fail(adopted.error().code, from.student.weights.string() + ": " + adopted.error().what, adopted.error().hint);
  return adopted;
}

/// Higher after every restart, whatever the clock was set to in between but backwards.
epoch present_term() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return epoch{static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(since_1970).count())};
}

grouping_options grouping_of(const settings& from) {
  grouping_options out;
  out.share_jobs = from.policy.name == policy_kind::ecco;
  out.max_age = from.policy.max_age;
  out.max_distance_m = from.policy.max_distance.value;
  out.drop = from.policy.drop;
  out.join_margin = from.policy.join_margin;
  out.converged_windows = from.policy.converged_windows;
  out.dwell = from.policy.dwell;
  out.most_moves = from.policy.most_moves;
  out.compare_every = from.policy.compare_every;
  out.most_pairs = from.policy.most_pairs;
  return out;
}

allocator_config allocator_of(const settings& from) {
  allocator_config out;
  out.policy.alpha = from.policy.objective_alpha;
  out.policy.beta = from.policy.objective_beta;
  out.window = from.window.length;
  out.micro_windows = from.window.micro_windows;
  out.mode = from.gpu.mode;
  out.token_seed = draw_incarnation().value;
  out.term = present_term();
  return out;
}

} // namespace

student_spec spec_of(const settings& from) {
  return {from.student.architecture, static_cast<std::uint16_t>(from.classes.size()), from.student.input.width,
          from.student.input.height};
}

worker_welcome worker_terms(const settings& from) {
  return {from.student.architecture, from.student.input.width, from.student.input.height, from.classes,
          std::string{to_string(from.teacher.kind)}};
}

incarnation draw_incarnation() {
  std::random_device entropy;
  return incarnation{(std::uint64_t{entropy()} << 32) | entropy()};
}

// -- server --------------------------------------------------------------------------------------------

result<server_parts> make_server_parts(const settings& from, telemetry_sink sink) {
  if (from.gpu.mode == gpu_mode::exclusive && !can_train_together())
    return fail(ec::unsupported, "gpu.mode is exclusive, but this ecco was built without Gloo's headers",
                "install libgloo-dev and build it again, or use gpu.mode: spread");
  auto weights = initial_weights(from);
  if (!weights)
    return tl::unexpected{weights.error()};
  auto store = open_revision_store(from.server.state / "models");
  if (!store)
    return tl::unexpected{store.error()};
  auto media = listen_for_media({from.server.host, from.server.media_port});
  if (!media)
    return tl::unexpected{media.error()};
  server_parts out;
  out.allocator = allocator_of(from);
  out.grouper.policy = grouping_of(from);
  out.grouper.subsamples = from.policy.subsamples;
  out.grouper.plan = plan_of(from.sampling);
  out.grouper.bootstrap = from.student.weights.empty() ? from.bootstrap.length : duration::zero();
  out.models.initial = std::move(*weights);
  out.job.train_frames = from.training.replay_frames;
  out.job.held_out_frames = held_out_frames;
  out.job.seed = seed_for(from.seed, "jobs");
  out.ingest.split = out.grouper.plan.split;
  out.ingest.before_drift
    = static_cast<std::size_t>(std::lround(from.training.pre_drift_share * from.training.replay_frames));
  out.camera.plan = out.grouper.plan;
  out.camera.student = from.student.architecture;
  out.camera.input_width = from.student.input.width;
  out.camera.input_height = from.student.input.height;
  out.camera.classes = from.classes;
  out.worker = worker_terms(from);
  for (const auto& [camera, of_camera] : from.cameras)
    out.known_cameras.push_back(camera);
  out.media_host = from.server.host;
  out.media = std::move(*media);
  out.store = std::move(*store);
  out.make_decoder = [] { return make_segment_decoder(); };
  out.sink = std::move(sink);
  out.draw_token = [] { return draw_incarnation().value; };
  return out;
}

// -- worker --------------------------------------------------------------------------------------------

result<learner_factory> make_learner_factory(const settings& from, int nth) {
  auto labels_with = make_teacher(from);
  if (!labels_with)
    return tl::unexpected{labels_with.error()};
  const auto device = find_device(from.worker.device, nth);
  if (!device)
    return tl::unexpected{device.error()};
  torch_learner_options options;
  options.device = *device;
  options.spec = spec_of(from);
  options.labeller = std::move(*labels_with);
  options.replay = {from.training.replay_frames, from.training.pre_drift_share};
  options.held_out_per_camera = held_out_frames;
  options.recipe.batch = from.training.batch;
  options.recipe.learning_rate = from.training.learning_rate;
  options.recipe.arithmetic = from.training.precision;
  const auto& t = from.training;
  options.recipe.augment = {t.flip, t.scale, t.translate, t.hue, t.saturation, t.brightness, t.mosaic};
  options.clock = [began = std::chrono::steady_clock::now()] { return std::chrono::steady_clock::now() - began; };
  auto made = make_torch_learner(std::move(options));
  if (!made)
    return tl::unexpected{made.error()};
  auto holder = std::make_shared<std::unique_ptr<learner>>(std::move(*made));
  return [holder] {
    use_threads(torch_threads);
    return std::move(*holder);
  };
}

// -- camera --------------------------------------------------------------------------------------------

camera_parts make_camera_parts(const settings& from, const camera_id& camera) {
  const auto& of_camera = from.cameras.at(camera);
  source_options source{of_camera.source, of_camera.loop, {}};
  for (const auto& filter : of_camera.filters)
    source.filters.push_back({filter.at, filter.chain});
  camera_parts out;
  out.open_source = [source] { return open_source(source); };
  out.make_student = [](const camera_welcome& welcome) {
    use_threads(torch_threads);
    return make_torch_student({welcome.student, static_cast<std::uint16_t>(welcome.classes.size()),
                               welcome.input_width, welcome.input_height});
  };
  out.make_encoder = [](const sampling_plan& plan) {
    return make_segment_encoder({plan.width, plan.height, plan.bits_per_second});
  };
  out.connect = [](const camera_welcome& welcome) {
    return connect_media(welcome.media_host, welcome.media_port, welcome.media_token, connect_patience);
  };
  return out;
}

camera_config make_camera_config(const settings& from, const camera_id& camera, incarnation process) {
  const auto& of_camera = from.cameras.at(camera);
  camera_config out;
  out.camera = camera;
  out.process = process;
  out.place = of_camera.place;
  out.real_time = of_camera.pace == pace::realtime;
  out.infer_fps = from.sampling.infer_fps;
  out.drift = {from.drift.warm_up, from.drift.confidence_delta, from.drift.confidence_threshold,
               from.drift.count_delta, from.drift.count_threshold};
  for (const auto& filter : of_camera.filters)
    out.scripted.push_back({filter.at, filter.chain});
  return out;
}

camera_hello make_camera_hello(const settings& from, const camera_id& camera, incarnation process) {
  return {camera, process, from.cameras.at(camera).place, {}};
}

} // namespace ecco
