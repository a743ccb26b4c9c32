// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "actors/system_config.hpp"
#include "messages/ids.hpp"

namespace ecco::test {

/// An answer that may not be there yet.
template <class Answer>
using pending = std::shared_ptr<std::optional<result<Answer>>>;

/// An actor system whose time and scheduling the test moves. Actors that were `keep`ed are ended with it: one that
/// ticks for ever would otherwise hold the system for ever.
class virtual_system {
 public:
  virtual_system() = default;
  ~virtual_system() { end(); }

  /// Ends what was kept. A fixture whose actors write to its own members calls it in its destructor.
  void end() {
    for (const auto& one : endings_)
      one();
    endings_.clear();
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

  /// Sends and settles.
  template <class Handle, class... Message>
  void tell(const Handle& whom, const Message&... message) {
    caf::anon_send(whom, message...);
    settle();
  }

  /// Asks and settles; the answer may come later, and is empty until then.
  template <class Answer, class Handle, class... Question>
  pending<Answer> begin_asking(const Handle& whom, const Question&... question) {
    auto out = std::make_shared<std::optional<result<Answer>>>();
    keep(system_.spawn([=](caf::event_based_actor* self) {
      self->request(caf::actor_cast<caf::actor>(whom), caf::infinite, question...)
        .then([out](Answer& answered) { *out = std::move(answered); },
              [out](const caf::error& failure) { *out = tl::unexpected{from_caf(failure)}; });
    }));
    settle();
    return out;
  }

  /// Why `whom` ended; empty until it does.
  template <class Handle>
  pending<caf::error> watch(const Handle& whom) {
    auto out = std::make_shared<std::optional<result<caf::error>>>();
    keep(system_.spawn([=](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([out](const caf::down_msg& down) { *out = down.reason; });
      self->monitor(whom);
      return {[](caf::unit_t) {}};
    }));
    settle();
    return out;
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
