// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/failure.hpp"
#include "actors/system_config.hpp"
#include "messages/ids.hpp"

namespace ecco::test {

/// An actor system whose time and scheduling the test moves. Actors that were `keep`ed are ended with it: one that
/// ticks for ever would otherwise hold the system for ever.
class virtual_system {
 public:
  virtual_system() = default;
  ~virtual_system() {
    for (const auto& end : endings_)
      end();
    settle();
  }

  caf::actor_system& system() { return system_; }

  template <class Handle>
  Handle keep(Handle handle) {
    endings_.push_back([handle] { caf::anon_send_exit(handle, caf::exit_reason::user_shutdown); });
    return handle;
  }

  /// Runs everything that can run now.
  void settle() {
    while (scheduler_.try_run_once()) {
    }
  }

  /// Moves time on in small steps, running what becomes due.
  void advance(duration span, duration step = std::chrono::milliseconds{10}) {
    for (duration passed{}; passed < span; passed += step) {
      scheduler_.advance_time(step);
      settle();
    }
  }

  /// Asks and settles; the answer must come without time passing.
  template <class Answer, class Handle, class... Question>
  result<Answer> ask(const Handle& whom, const Question&... question) {
    std::optional<result<Answer>> out;
    auto asker = system_.spawn([&](caf::event_based_actor* self) {
      self->request(caf::actor_cast<caf::actor>(whom), caf::infinite, question...)
        .then([&](Answer& answered) { out = std::move(answered); },
              [&](const caf::error& failure) { out = tl::unexpected{from_caf(failure)}; });
    });
    settle();
    if (!out)
      caf::anon_send_exit(asker, caf::exit_reason::kill);
    settle();
    return out ? std::move(*out) : fail(ec::timed_out, "no answer without time passing");
  }

 private:
  virtual_system_config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_
    = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  std::vector<std::function<void()>> endings_;
};

} // namespace ecco::test
