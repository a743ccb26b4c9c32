// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace ecco {

/// An actor of the interface `Handle` that answers what `answers` can be called with, and all else with an empty
/// answer: what is not measured costs as little as possible.
template <class Handle, class Answers>
class stub_maker {
 public:
  explicit stub_maker(Answers answers) : answers_(std::move(answers)) {}

  Handle spawn(caf::actor_system& system) const {
    return system.spawn([answers = answers_](typename Handle::pointer) {
      return behavior(answers, static_cast<typename Handle::signatures*>(nullptr));
    });
  }

 private:
  template <class... In, class... Out>
  static auto handler(const Answers& answers, caf::typed_mpi<caf::detail::type_list<In...>, caf::output_tuple<Out...>>*) {
    if constexpr (std::is_invocable_v<const Answers&, const In&...>)
      return [answers](const In&... in) -> caf::result<Out...> { return answers(in...); };
    else
      return [](const In&...) -> caf::result<Out...> { return {Out{}...}; };
  }

  template <class... In>
  static auto handler(const Answers&, caf::typed_mpi<caf::detail::type_list<In...>, caf::output_tuple<void>>*) {
    return [](const In&...) {};
  }

  template <class... Signatures>
  static typename Handle::behavior_type behavior(const Answers& answers, caf::detail::type_list<Signatures...>*) {
    return {handler(answers, static_cast<Signatures*>(nullptr))...};
  }

  Answers answers_;
};

template <class Handle, class Answers>
Handle spawn_stub(caf::actor_system& system, Answers answers) {
  return stub_maker<Handle, Answers>{std::move(answers)}.spawn(system);
}

} // namespace ecco
