// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <variant>

#include <caf/actor.hpp>

#include "actors/failure.hpp"
#include "actors/interfaces.hpp"

namespace ecco {

/// What a message is answered with; void when nothing is.
template <class T>
struct reply {
  using type = void;
};
template <> struct reply<retrain_request> { using type = request_answer; };
template <> struct reply<subsample_order> { using type = sample_batch; };
template <> struct reply<window_closed> { using type = eval_report; };
template <> struct reply<label_order> { using type = labels; };
template <> struct reply<micro_window_grant> { using type = micro_window_report; };
template <> struct reply<train_order> { using type = train_report; };
template <> struct reply<eval_order> { using type = eval_report; };
template <> struct reply<model_update> { using type = model_ack; };
template <> struct reply<model_candidate> { using type = gate_verdict; };
template <> struct reply<model_query> { using type = model_update; };
template <> struct reply<rollback_order> { using type = gate_verdict; };
template <> struct reply<expert_query> { using type = model_update; };
template <> struct reply<status_query> { using type = status_report; };

/// The answer to a message of unknown kind: nothing, where the kind has none.
using dispatched = result<std::optional<envelope>>;

/// Sends whatever `message` holds to `target`, of which only its name is known, and passes the answer to `done`.
/// An actor that does not take such a message makes that an error. For messages from outside: couriers, injection.
template <class Self>
void dispatch(Self* self, const caf::actor& target, const envelope& message, duration patience,
              std::function<void(dispatched)> done) {
  const auto failed = [done](const caf::error& failure) { done(tl::unexpected{from_caf(failure)}); };
  std::visit(
    [&]<class T>(const T& inside) {
      using answer_type = typename reply<T>::type;
      auto pending = self->request(target, patience, inside);
      if constexpr (std::is_void_v<answer_type>)
        pending.then([done] { done(std::optional<envelope>{}); }, failed);
      else
        pending.then([done](answer_type& answered) { done(std::optional<envelope>{std::move(answered)}); }, failed);
    },
    message);
}

} // namespace ecco
