// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include "messages/ids.hpp"

namespace ecco {

/// A device finishes its slice first.
inline constexpr duration stop_patience = std::chrono::seconds{20};

/// Ends the actor `who` and waits until it is gone, or for as long as is sensible.
template <class Handle>
void stop_and_wait(caf::scoped_actor& self, const Handle& who) {
  self->monitor(who);
  self->send_exit(who, caf::exit_reason::user_shutdown);
  self->receive([](const caf::down_msg&) {}, caf::after(stop_patience) >> [] {});
}

/// Closes this process's connections. Couriers end with theirs, and without that a system waits for them for ever.
inline void hang_up(caf::actor_system& system) {
  const auto broker = system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  caf::anon_send_exit(broker, caf::exit_reason::user_shutdown);
}

} // namespace ecco
