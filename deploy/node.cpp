// SPDX-License-Identifier: Apache-2.0
#include "deploy/node.hpp"

#include <chrono>
#include <random>
#include <utility>

#include "deploy/camera_source.hpp"
#include "deploy/configured.hpp"
#include "deploy/sampling_tables.hpp"
#include "deploy/teachers.hpp"
#include "deploy/truths.hpp"
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
constexpr duration connect_patience = std::chrono::seconds{5};

/// Higher after every restart, whatever the clock was set to in between but backwards.
epoch present_term() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return epoch{static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(since_1970).count())};
}

/// Where labelled frames are kept; nowhere unless the settings say so.
result<archive_writer_factory> archive_of(const settings& from) {
  if (from.server.keep_frames.value == 0)
    return archive_writer_factory{};
  const auto wall_clock = [] {
    return std::chrono::duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch());
  };
  auto opened = open_frame_archive(from.server.state / frames_folder,
                                   {from.server.keep_frames.value, from.classes, "ecco " ECCO_VERSION, wall_clock});
  if (!opened)
    return tl::unexpected{opened.error()};
  return [archive = std::move(*opened)](caf::actor_system& system) {
    return system.spawn<caf::detached>(archive_writer, archive);
  };
}

/// By the machine's clock, or by what was done.
void keep_time(torch_learner_options& options, std::optional<double> images_a_second) {
  if (!images_a_second) {
    options.clock = [began = std::chrono::steady_clock::now()] { return std::chrono::steady_clock::now() - began; };
    return;
  }
  const auto busy = std::make_shared<duration>();
  options.clock = [busy] { return *busy; };
  options.worked = [busy, rate = *images_a_second](std::size_t images) {
    *busy += from_seconds(static_cast<double>(images) / rate);
  };
}

} // namespace

student_spec spec_of(const settings& from) {
  return {from.student.architecture, static_cast<std::uint16_t>(from.classes.size()), from.student.input.width,
          from.student.input.height};
}

incarnation draw_incarnation() {
  std::random_device entropy;
  return incarnation{(std::uint64_t{entropy()} << 32) | entropy()};
}

// -- server --------------------------------------------------------------------------------------------

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
  std::shared_ptr<seating_store> seats = open_seating_store(from.server.state / "models");
  auto kept = seats->load();
  if (!kept)
    return tl::unexpected{kept.error()};
  auto archive = archive_of(from);
  if (!archive)
    return tl::unexpected{archive.error()};
  auto media = listen_for_media({from.server.host, from.server.media_port});
  if (!media)
    return tl::unexpected{media.error()};
  auto tables = sampling_tables_of(from.sampling);
  if (!tables)
    return tl::unexpected{tables.error()};
  auto out = configured_server(from);
  out.grouper.sampling.tables = std::move(*tables);
  out.allocator.token_seed = draw_incarnation().value;
  out.allocator.term = present_term();
  out.models.initial = std::move(*weights);
  out.models.shelf = open_zoo_shelf(from.server.state / "models");
  out.grouper.store = std::move(seats);
  out.grouper.kept = std::move(*kept);
  out.archive = std::move(*archive);
  out.media_host = from.server.host;
  out.media = std::move(*media);
  out.store = std::move(*store);
  out.make_decoder = [] { return make_segment_decoder(); };
  out.sink = std::move(sink);
  out.truth = find_truths(from);
  out.draw_token = [] { return draw_incarnation().value; };
  return out;
}

// -- worker --------------------------------------------------------------------------------------------

result<learner_factory> make_learner_factory(const settings& from, int nth, std::optional<double> images_a_second) {
  const auto device = find_device(from.worker.device, nth);
  if (!device)
    return tl::unexpected{device.error()};
  auto labels_with = make_teacher(from, *device);
  if (!labels_with)
    return tl::unexpected{labels_with.error()};
  torch_learner_options options;
  options.device = *device;
  options.spec = spec_of(from);
  options.labeller = std::move(*labels_with);
  options.replay = {from.training.replay_frames, from.training.pre_drift_share};
  options.held_out_per_camera = held_out_frames;
  options.recipe.batch = from.training.batch;
  options.recipe.learning_rate = from.training.learning_rate;
  options.recipe.arithmetic = from.training.precision;
  // Where the size of pictures is chosen by what they cost, small ones must cost less.
  options.recipe.enlarge = from.sampling.mode != sampling_mode::table;
  const auto& t = from.training;
  options.recipe.augment = {t.flip, t.scale, t.translate, t.hue, t.saturation, t.brightness, t.mosaic};
  keep_time(options, images_a_second);
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
  camera_parts out;
  out.open_source = [of_camera = from.cameras.at(camera), fps = from.teacher.labels_fps] {
    return open_camera_source(of_camera, fps);
  };
  detection_options options;
  options.features = looks_at_features(from.drift.detector);
  out.make_student = [options](const camera_welcome& welcome) {
    use_threads(torch_threads);
    return make_torch_student({welcome.student, static_cast<std::uint16_t>(welcome.classes.size()),
                               welcome.input_width, welcome.input_height},
                              options);
  };
  out.make_encoder = [](const sampling_plan& plan) {
    return make_segment_encoder({plan.width, plan.height, plan.bits_per_second});
  };
  out.connect = [](const camera_welcome& welcome) {
    return connect_media(welcome.media_host, welcome.media_port, welcome.media_token, connect_patience);
  };
  return out;
}

camera_hello make_camera_hello(const settings& from, const camera_id& camera, incarnation process) {
  return {camera, process, from.cameras.at(camera).place, {}};
}

} // namespace ecco
