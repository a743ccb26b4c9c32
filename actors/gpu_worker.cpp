// SPDX-License-Identifier: Apache-2.0
#include "actors/gpu_worker.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

using self_pointer = gpu_worker_actor::stateful_pointer<gpu_worker_state>;

void tell_busy(self_pointer self, group_id group, duration busy, const char* with) {
  event what;
  what.id = event_id::gpu_busy;
  what.group = group;
  what.worker = self->state.id;
  what.value = seconds_of(busy);
  what.text = with;
  self->send(self->state.telemetry, std::move(what));
}

/// Answers once the device has been busy for `busy` since it was free for this order.
template <class T>
caf::result<T> answer_after(self_pointer self, duration begun, duration busy, T outcome) {
  auto& state = self->state;
  state.free_at = begun + busy;
  if (state.free_at <= now(self))
    return outcome;
  auto promise = self->template make_response_promise<T>();
  state.answers.push_back({state.free_at, [promise, outcome = std::move(outcome)]() mutable {
                             promise.deliver(std::move(outcome));
                           }});
  self->delayed_send(self, state.free_at - now(self), due_atom_v);
  return promise;
}

duration total(const time_spent& spent) {
  return spent.training + spent.evaluation + spent.other;
}

} // namespace

gpu_worker_actor::behavior_type gpu_worker(self_pointer self, worker_id id, learner_factory make_device,
                                           telemetry_actor telemetry) {
  self->state.id = std::move(id);
  self->state.device = make_device();
  self->state.telemetry = std::move(telemetry);
  return {
    [self](const label_order& order) -> caf::result<labels> {
      const auto begun = std::max(now(self), self->state.free_at);
      auto outcome = self->state.device->label(order);
      if (!outcome)
        return to_caf(outcome.error());
      tell_busy(self, {}, outcome->busy, "label");
      const auto busy = outcome->busy;
      return answer_after(self, begun, busy, std::move(*outcome));
    },
    [self](const train_order& order) -> caf::result<train_report> {
      const auto begun = std::max(now(self), self->state.free_at);
      auto outcome = self->state.device->train(order);
      if (!outcome)
        return to_caf(outcome.error());
      tell_busy(self, order.group, outcome->spent.training, "train");
      tell_busy(self, order.group, outcome->spent.evaluation, "evaluate");
      tell_busy(self, order.group, outcome->spent.other, "other");
      const auto busy = total(outcome->spent);
      return answer_after(self, begun, busy, std::move(*outcome));
    },
    [self](const eval_order& order) -> caf::result<eval_report> {
      const auto begun = std::max(now(self), self->state.free_at);
      auto outcome = self->state.device->evaluate(order);
      if (!outcome)
        return to_caf(outcome.error());
      tell_busy(self, {}, outcome->busy, "evaluate");
      const auto busy = outcome->busy;
      return answer_after(self, begun, busy, std::move(*outcome));
    },
    [self](const job_ended& ended) { self->state.device->forget(ended.group); },
    [self](due_atom) {
      auto& answers = self->state.answers;
      while (!answers.empty() && answers.front().at <= now(self)) {
        answers.front().deliver();
        answers.pop_front();
      }
    },
  };
}

} // namespace ecco
