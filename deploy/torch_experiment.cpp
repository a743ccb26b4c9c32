// SPDX-License-Identifier: Apache-2.0
#include "deploy/torch_experiment.hpp"

#include <filesystem>
#include <utility>
#include <vector>

#include "config/dataset_address.hpp"
#include "deploy/configured.hpp"
#include "deploy/node.hpp"
#include "deploy/run_report.hpp"
#include "deploy/sampling_tables.hpp"
#include "deploy/truths.hpp"
#include "deploy/world/world_source.hpp"
#include "runtime/base/random.hpp"

namespace ecco {

namespace {

/// A live source has a clock of its own, and devices that train together wait for each other in threads of their own.
result<void> check_virtual(const settings& from) {
  if (from.cameras.empty())
    return fail(ec::invalid_argument, "cameras is missing: the torch learner trains on pictures",
                "name some with files as their source, or use experiment.learner: curve");
  if (from.gpu.mode == gpu_mode::exclusive)
    return fail(ec::invalid_argument, "gpu.mode is exclusive: devices cannot train one job together on one thread",
                "use gpu.mode: spread, or experiment.learner: curve");
  for (const auto& [camera, of_camera] : from.cameras) {
    std::error_code ignored;
    const auto is_sequence = of_camera.source.find('%') != std::string::npos;
    const auto is_city = of_camera.source.starts_with(world::address_scheme);
    const auto is_dataset = dataset_named_by(of_camera.source).has_value();
    if (!is_sequence && !is_city && !is_dataset && !std::filesystem::is_regular_file(of_camera.source, ignored))
      return fail(ec::invalid_argument, "cameras." + camera.value + ".source is not a file: virtual time cannot wait for it",
                  "record it first");
  }
  return check_first_student(from);
}

result<virtual_camera> make_camera(const settings& from, const camera_id& camera) {
  virtual_camera out;
  out.config = configured_camera(from, camera, incarnation{seed_for(from.seed, "process " + camera.value) | 1});
  out.config.real_time = true; // by the virtual clock: faster there is none
  out.parts = make_camera_parts(from, camera);
  if (auto opened = out.parts.open_source(); !opened)
    return tl::unexpected{opened.error()};
  return out;
}

} // namespace

result<virtual_parts> make_torch_parts(const settings& from) {
  if (auto good = check_virtual(from); !good)
    return tl::unexpected{good.error()};
  auto weights = initial_weights(from);
  if (!weights)
    return tl::unexpected{weights.error()};
  auto out = make_torch_server_parts(from, std::move(*weights));
  if (!out)
    return out;
  std::vector<learner_factory> devices;
  for (std::uint32_t i = 0; i < from.server.workers; ++i) {
    auto device = make_learner_factory(from, static_cast<int>(i), from.experiment.capacity);
    if (!device)
      return tl::unexpected{device.error()};
    devices.push_back(std::move(*device));
  }
  out->truth = find_truths(from);
  out->make_learner = [devices](std::uint32_t worker) { return devices[worker](); };
  for (auto& one : out->cameras) {
    auto made = make_camera(from, one.config.camera);
    if (!made)
      return tl::unexpected{made.error()};
    one = std::move(*made);
  }
  return out;
}

result<virtual_parts> make_torch_server_parts(const settings& from, blob weights) {
  virtual_parts out;
  out.initial = std::move(weights);
  out.student = from.student.architecture;
  out.teacher = to_string(from.teacher.kind);
  auto tables = sampling_tables_of(from.sampling);
  if (!tables)
    return tl::unexpected{tables.error()};
  out.tables = std::move(*tables);
  out.input = from.student.input;
  out.bootstrap = from.student.weights.empty() ? from.bootstrap.length : duration::zero();
  out.make_decoder = [] { return make_segment_decoder(); };
  for (const auto& [camera, of_camera] : from.cameras)
    out.cameras.emplace_back().config.camera = camera;
  return out;
}

} // namespace ecco
