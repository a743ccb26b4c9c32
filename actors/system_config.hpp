// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include <caf/actor_system_config.hpp>

namespace ecco {

enum class actor_network : bool { off, on };

class tap;

/// What a system's actors find through its configuration.
struct tap_holder {
  virtual ~tap_holder() = default;

  /// Set once the system is there, before it has an actor (tap.hpp); CAF hands its configuration out as const.
  mutable std::shared_ptr<tap> through;
};

/// CAF set up as ecco needs it: our message types, heartbeats (design 7a), no configuration file of its own.
class system_config : public caf::actor_system_config, public tap_holder {
 public:
  /// @param threads of CAF's scheduler; devices and cameras have threads of their own.
  system_config(actor_network network, std::size_t threads);
};

/// The same under a virtual clock: one thread, time moves when the test moves it.
class virtual_system_config : public caf::actor_system_config, public tap_holder {
 public:
  virtual_system_config();
};

} // namespace ecco
