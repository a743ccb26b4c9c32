// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <boost/core/demangle.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "runtime/base/event_ids.hpp"
#include "support/virtual_system.hpp"

namespace ecco::test {

namespace detail {

/// What a mock keeps of one message: itself, or a tuple when it has several parts.
template <class... In>
struct told {
  using type = std::tuple<In...>;
};
template <class In>
struct told<In> {
  using type = In;
};

template <class... In>
void complain() {
  std::string what;
  ((what += " " + boost::core::demangle(typeid(In).name())), ...);
  BOOST_ERROR("a mock was sent what nobody expects:" << what);
}

/// One handler of an interface.
template <class List, class Output>
struct slot;

template <class... In, class Out>
struct slot<caf::detail::type_list<In...>, caf::output_tuple<Out>> {
  using message = typename told<In...>::type;
  using answer = Out;

  std::vector<message> got;
  std::function<result<Out>(const In&...)> handler;
  bool holds = false;
  std::deque<caf::typed_response_promise<Out>> held;

  template <class Self>
  auto bind(Self* self) {
    return [this, self](const In&... in) -> caf::result<Out> {
      got.emplace_back(in...);
      if (holds) {
        held.push_back(self->template make_response_promise<Out>());
        return held.back();
      }
      if (handler)
        return ecco::answer(handler(in...));
      complain<In...>();
      return to_caf({ec::internal, "not expected", {}});
    };
  }
};

template <class... In>
struct slot<caf::detail::type_list<In...>, caf::output_tuple<void>> {
  using message = typename told<In...>::type;

  std::vector<message> got;
  bool expected = false;

  template <class Self>
  auto bind(Self*) {
    return [this](const In&... in) {
      got.emplace_back(in...);
      if (!expected)
        complain<In...>();
    };
  }
};

template <class Mpi>
struct slot_of;
template <class List, class Output>
struct slot_of<caf::typed_mpi<List, Output>> {
  using type = slot<List, Output>;
};

template <class List>
struct board;
template <class... Sigs>
struct board<caf::detail::type_list<Sigs...>> : slot_of<Sigs>::type... {
  /// What the actor itself has to do: promises are kept by nobody else.
  std::function<void()> due;

  template <class Behavior, class Self>
  Behavior bind(Self* self) {
    return {static_cast<typename slot_of<Sigs>::type&>(*this).bind(self)...};
  }
};

template <class List, class Output>
slot<List, Output>& pick(slot<List, Output>& found) {
  return found;
}

} // namespace detail

/// An actor of the interface `Handle` that keeps what it is sent, and fails the test when nobody expects it.
template <class Handle>
class mock {
 public:
  explicit mock(virtual_system& in) : in_(&in) {
    handle_ = in.keep(in.system().spawn([board = board_](typename Handle::pointer self) {
      self->set_default_handler(
          [board](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
            if (auto due = std::exchange(board->due, nullptr))
              due();
            else
              detail::complain<>();
            return caf::sec::unexpected_message;
          });
      return board->template bind<typename Handle::behavior_type>(self);
    }));
  }

  const Handle& handle() const { return handle_; }

  /// Expects messages that have no answer.
  template <class... In>
  void take() {
    of<In...>().expected = true;
  }

  /// Expects questions, and answers them with what `with` returns.
  template <class... In, class F>
  void answer(F with) {
    of<In...>().handler = std::move(with);
    of<In...>().holds = false;
  }

  /// Expects questions, and answers them when the test says `deliver`.
  template <class... In>
  void hold() {
    of<In...>().holds = true;
  }

  /// Answers the oldest question held.
  template <class... In, class Answer>
  void deliver(Answer with) {
    auto& held = of<In...>().held;
    BOOST_TEST_REQUIRE(!held.empty());
    auto promise = std::move(held.front());
    held.pop_front();
    board_->due = [promise, with = std::move(with)]() mutable {
      if constexpr (std::is_same_v<Answer, error>)
        promise.deliver(to_caf(with));
      else
        promise.deliver(std::move(with));
    };
    caf::anon_send(caf::actor_cast<caf::actor>(handle_), caf::unit);
    in_->settle();
  }

  /// What came, oldest first.
  template <class... In>
  auto& got() {
    return of<In...>().got;
  }

  void kill() {
    caf::anon_send_exit(handle_, caf::exit_reason::kill);
    in_->settle();
  }

 private:
  template <class... In>
  auto& of() {
    return detail::pick<caf::detail::type_list<In...>>(*board_);
  }

  virtual_system* in_;
  std::shared_ptr<detail::board<typename Handle::signatures>> board_ =
      std::make_shared<detail::board<typename Handle::signatures>>();
  Handle handle_;
};

/// Telemetry that listens to everybody.
class recorder : public mock<telemetry_actor> {
 public:
  explicit recorder(virtual_system& in) : mock(in) {
    take<event>();
    take<camera_status>();
    take<arrival_report>();
  }

  std::vector<event> all(std::string_view id) {
    std::vector<event> out;
    for (const auto& what : got<event>())
      if (what.id == id)
        out.push_back(what);
    return out;
  }
};

} // namespace ecco::test
