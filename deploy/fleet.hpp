// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <vector>

#include <caf/actor_system.hpp>

#include "deploy/node.hpp"

namespace ecco {

/// A server and whatever of its fleet runs in this process. Stops all of it, in order, when it ends: cameras first,
/// then the server's actors, then the devices.
class fleet {
 public:
  /// Starts the server's actors, and the recording of all that is said in `system`, unless `record` is empty.
  static result<std::unique_ptr<fleet>> start(caf::actor_system& system, const settings& from, telemetry_sink sink,
                                              const std::filesystem::path& record = {});
  ~fleet();

  /// Starts a worker in a thread of its own.
  result<void> add_worker(const worker_id& id);

  /// Starts a camera of the settings in a thread of its own.
  result<void> add_camera(const camera_id& id);

  const reception_actor& server() const { return server_; }

  /// False once an actor that nothing works without is gone.
  bool alive() const { return !*gone_; }

 private:
  fleet(caf::actor_system& system, settings from) : system_{system}, settings_{std::move(from)} {}

  caf::actor_system& system_;
  settings settings_;
  incarnation process_ = draw_incarnation();
  std::shared_ptr<std::atomic<bool>> gone_ = std::make_shared<std::atomic<bool>>(false);
  reception_actor server_;
  std::vector<camera_actor> cameras_;
  std::vector<gpu_worker_actor> workers_;
};

} // namespace ecco
