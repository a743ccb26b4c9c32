// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "actors/system_config.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// An answer that may not be there yet.
template <class Answer>
using pending = std::shared_ptr<std::optional<result<Answer>>>;

/// An actor system under the virtual clock (design 2, rule 3): one thread, messages in the order in which they were
/// sent, and time that goes on only when it is told to, from one thing that is due to the next. The same actors with
/// the same seeds do the same, to the bit.
/// Actors that were `keep`ed are ended with it: one that ticks for ever would otherwise hold the system for ever.
class virtual_system {
 public:
  virtual_system() = default;
  ~virtual_system() { end(); }
  virtual_system(const virtual_system&) = delete;
  virtual_system& operator=(const virtual_system&) = delete;

  /// Ends what was kept. Who inherits from this and has actors that write to members of its own calls it in its
  /// destructor.
  void end();

  caf::actor_system& system() { return system_; }

  /// Time since the system began.
  duration elapsed() const;

  template <class Handle>
  Handle keep(Handle handle) {
    endings_.push_back([handle] { caf::anon_send_exit(handle, caf::exit_reason::user_shutdown); });
    return handle;
  }

  /// Runs everything that can run now.
  void settle();

  /// Moves time on by `span`, stopping wherever something is due, and runs that.
  void advance(duration span);

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
  caf::actor_clock::time_point began_ = scheduler_.clock().now();
  std::vector<std::function<void()>> endings_;
};

} // namespace ecco
