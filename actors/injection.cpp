// SPDX-License-Identifier: Apache-2.0
#include "actors/injection.hpp"

#include <string>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/dispatch.hpp"
#include "actors/failure.hpp"
#include "messages/codec.hpp"

namespace ecco {

namespace {

constexpr duration inject_patience = std::chrono::seconds{60};

} // namespace

caf::result<inject_answer> inject(reception_actor::pointer self, const caf::actor& target,
                                  const inject_order& order) {
  const auto message = order.encoded.empty() ? from_json(order.json) : decode(order.encoded.view());
  if (!message)
    return to_caf(message.error());
  auto promise = self->make_response_promise<inject_answer>();
  const auto kind = std::string{kind_of(*message)};
  dispatch(self, target, *message, inject_patience,
           [promise, kind, to = order.to](dispatched outcome) mutable {
             if (!outcome) {
               auto failure = outcome.error();
               if (failure.what == "the actor does not take this message")
                 failure.what = to + " does not take a " + kind;
               promise.deliver(to_caf(failure));
             } else {
               promise.deliver(inject_answer{*outcome ? to_json(**outcome) : std::string{}});
             }
           });
  return promise;
}

} // namespace ecco
