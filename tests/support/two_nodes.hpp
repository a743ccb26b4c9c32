// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <caf/io/middleman.hpp>
#include <caf/io/network/test_multiplexer.hpp>

#include "support/virtual_system.hpp"

namespace ecco::test {

/// A server and a device's node with CAF's real broker between them, over a wire that the test can cut.
/// Heartbeats as in system_config.
class two_nodes {
 public:
  static constexpr std::uint16_t port = 8227;

  struct node {
    struct config : virtual_system_config {
      config() {
        load<caf::io::middleman>();
        set("middleman.network-backend", caf::atom("testing"));
        set("middleman.workers", std::size_t{0});
        set("middleman.heartbeat-interval", caf::timespan{std::chrono::seconds{1}});
        set("middleman.connection-timeout", caf::timespan{std::chrono::seconds{5}});
      }
    };

    config configuration;
    caf::actor_system system{configuration};
    caf::scheduler::test_coordinator& scheduler =
        dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
    caf::io::network::test_multiplexer& wire =
        dynamic_cast<caf::io::network::test_multiplexer&>(system.middleman().backend());
  };

  two_nodes() { settle(); }
  ~two_nodes() {
    for (auto end = endings_.rbegin(); end != endings_.rend(); ++end)
      (*end)();
    settle();
  }

  node server, device;
  bool cut = false;

  template <class Handle>
  Handle keep(Handle handle) {
    endings_.push_back([handle] { caf::anon_send_exit(handle, caf::exit_reason::kill); });
    return handle;
  }

  /// Publishes `front` on the server, where the device's node can connect once.
  template <class Handle>
  void publish(const Handle& front) {
    using caf::io::accept_handle, caf::io::connection_handle;
    server.wire.prepare_connection(accept_handle::from_int(1), connection_handle::from_int(2), device.wire,
                                   "server", port, connection_handle::from_int(3));
    server.scheduler.inline_next_enqueue();
    BOOST_TEST_REQUIRE(static_cast<bool>(server.system.middleman().publish(front, port)));
    settle();
  }

  /// Connects, and returns what the server has published.
  template <class Handle>
  Handle connect() {
    device.scheduler.inline_next_enqueue();
    device.scheduler.after_next_enqueue([this] { settle(); });
    auto front = device.system.middleman().remote_actor<Handle>("server", port);
    BOOST_TEST_REQUIRE(static_cast<bool>(front));
    return *front;
  }

  void settle() {
    for (int idle = 0; idle < 2;)
      idle = step(server) || step(device) ? 0 : idle + 1;
  }

  void advance(duration span, duration step_by = std::chrono::milliseconds{100}) {
    for (duration passed{}; passed < span; passed += step_by) {
      server.scheduler.advance_time(step_by);
      device.scheduler.advance_time(step_by);
      settle();
    }
  }

 private:
  bool step(node& on) {
    return on.scheduler.try_run_once() || (!cut && on.wire.read_data()) || on.wire.try_exec_runnable()
           || on.wire.try_accept_connection();
  }

  std::vector<std::function<void()>> endings_;
};

} // namespace ecco::test
