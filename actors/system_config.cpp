// SPDX-License-Identifier: Apache-2.0
#include "actors/system_config.hpp"

#include <caf/io/middleman.hpp>

#include "actors/interfaces.hpp"

namespace ecco {

namespace {

void add_types(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::ecco_messages>();
  config.add_message_types<caf::id_block::ecco_handles>();
}

} // namespace

system_config::system_config(actor_network network, std::size_t threads) {
  add_types(*this);
  set("scheduler.max-threads", threads);
  if (network == actor_network::on) {
    load<caf::io::middleman>();
    set("middleman.heartbeat-interval", caf::timespan{std::chrono::seconds{1}});
    set("middleman.connection-timeout", caf::timespan{std::chrono::seconds{5}});
    set("middleman.app-identifiers", std::vector<std::string>{"ecco-1"});
  }
}

virtual_system_config::virtual_system_config() {
  add_types(*this);
  set("scheduler.policy", caf::atom("testing"));
  set("logger.inline-output", true);
}

} // namespace ecco
