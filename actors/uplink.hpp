// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/interfaces.hpp"

namespace ecco {

/// A device on this node and how it introduces itself.
struct uplink_camera {
  camera_hello hello;
  camera_actor device;
};
struct uplink_worker {
  worker_hello hello;
  gpu_worker_actor device;
  /// What the device was made for; a server with other terms cannot use it.
  worker_welcome terms;
};

struct uplink_config {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8227;
  /// Waits before connecting or saying hello again grow from one to the other, each drawn at random from its upper
  /// half.
  duration least_wait = std::chrono::milliseconds{200}, most_wait = std::chrono::seconds{5};
  std::uint64_t seed = 1;
};

/// What the uplink tells main: connected, lost, refused (with why).
using uplink_watcher = std::function<void(const std::string&)>;

struct uplink_state {
  static constexpr const char* name = "uplink";

  /// A device, and this end of its connection: none while it has yet to say hello to the server.
  template <class Device>
  struct guest : Device {
    courier_actor carrier;
  };

  explicit uplink_state(caf::stateful_actor<uplink_state>* selfptr) : self(selfptr) {}

  void connect();
  void connected(const caf::strong_actor_ptr& front);
  /// Says hello for every device that has yet to.
  void introduce();
  void introduce(guest<uplink_camera>& camera);
  void introduce(guest<uplink_worker>& worker);
  /// A device's hello came to nothing. Without any answer it is said again later.
  void refused(courier_actor& carrier, const std::string& who, const error& why);
  void lost();
  /// Connects, or says hello, after the next wait.
  void try_later(const error& why);
  /// The wait is over.
  void due();

  caf::stateful_actor<uplink_state>* self;
  uplink_config config;
  std::vector<guest<uplink_camera>> cameras;
  std::vector<guest<uplink_worker>> workers;
  telemetry_actor telemetry;
  uplink_watcher watcher;
  reception_actor server;
  std::uint32_t failures = 0;
  /// The end of a wait is to come.
  bool waiting = false;
  std::mt19937_64 random;
};

/// A camera or worker node's supervisor: connects to the server, introduces the node's devices there, again until it
/// is answered, and when the server is gone tells them so and connects again, for ever. Publishes nothing.
caf::behavior uplink(caf::stateful_actor<uplink_state>* self, uplink_config config,
                     std::vector<uplink_camera> cameras, std::vector<uplink_worker> workers,
                     telemetry_actor telemetry, uplink_watcher watcher);

} // namespace ecco
