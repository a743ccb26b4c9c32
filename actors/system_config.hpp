// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <caf/actor_system_config.hpp>

namespace ecco {

enum class actor_network : bool { off, on };

/// CAF set up as ecco needs it: our message types, heartbeats (design 7a), no configuration file of its own.
class system_config : public caf::actor_system_config {
 public:
  /// @param threads of CAF's scheduler; devices and cameras have threads of their own.
  system_config(actor_network network, std::size_t threads);
};

/// The same under a virtual clock: one thread, time moves when the test moves it.
class virtual_system_config : public caf::actor_system_config {
 public:
  virtual_system_config();
};

} // namespace ecco
