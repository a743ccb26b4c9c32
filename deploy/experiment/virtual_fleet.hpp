// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/camera.hpp"
#include "actors/gpu_worker.hpp"
#include "actors/reception.hpp"
#include "actors/tap.hpp"
#include "actors/virtual_system.hpp"
#include "config/settings.hpp"
#include "runtime/net/memory_link.hpp"
#include "runtime/policy/sampling_file.hpp"

namespace ecco {

/// A camera of an experiment. Its parts connect by themselves: `parts.connect` is filled in.
struct virtual_camera {
  camera_config config;
  camera_parts parts;
};

/// What an experiment's actors are made of, and what its learner is.
struct virtual_parts {
  /// The weights every camera begins with.
  blob initial;
  /// What the server calls the student, and what labels.
  std::string student, teacher;
  /// For how long all cameras learn a first student; 0: the weights above are it.
  duration bootstrap{};
  std::function<std::unique_ptr<learner>(std::uint32_t worker)> make_learner;
  decoder_factory make_decoder;
  /// What is exactly known of the cameras, if anything.
  truth_factory truth;
  std::vector<virtual_camera> cameras;
  /// What the settings name.
  sampling_tables tables;
  /// The network's input: sending more pixels than that costs no device time.
  picture_size input;
};

/// Parts around the learning curve: simulated cameras, students and video, as the experiment's regions have it.
/// @returns `invalid_argument` when it has no regions
result<virtual_parts> make_curve_parts(const settings& from);

/// What the server of such an experiment is made of: all but its media link and where its events go.
server_parts virtual_server(const settings& from, const virtual_parts& parts);

/// A server, its workers and its cameras under one virtual clock: the product's own actors, and an in-memory link
/// between them. Everything that is drawn comes from the settings' seed.
class virtual_fleet : public virtual_system {
 public:
  /// @param through sees every message, from the first on; none: nobody does
  virtual_fleet(const settings& from, virtual_parts parts, telemetry_sink sink, std::shared_ptr<tap> through = nullptr);
  ~virtual_fleet();

  const reception_actor& server() const { return server_; }

  /// Why it does not go on: a device that the server refused, or an actor that died; nothing while all is well.
  const std::optional<error>& failure() const { return failure_; }

 private:
  void add_worker(const worker_id& id, const learner_factory& make_learner);
  void add_camera(virtual_camera one);
  template <class... Answer, class Then, class Hello, class Device>
  void greet(Then then, const Hello& hello, const Device& device);

  std::shared_ptr<memory_link> link_;
  reception_actor server_;
  std::optional<error> failure_;
};

} // namespace ecco
