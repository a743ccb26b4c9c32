// SPDX-License-Identifier: Apache-2.0
#include "actors/worker_desk.hpp"

#include <type_traits>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"

namespace ecco {

namespace {

/// Longer than anybody who sends an order waits for it: they give up first.
constexpr duration order_patience = std::chrono::hours{1};

duration overhead_of(const labels& done) {
  return done.busy;
}

duration overhead_of(const eval_report& done) {
  return done.busy;
}

duration overhead_of(const train_report&) {
  return {};
}

} // namespace

worker_desk::worker_desk(allocator_actor::pointer self, overhead_sink charge)
    : self_(self), charge_(std::move(charge)) {}

bool worker_desk::up(const worker_hello& hello, const gpu_worker_actor& handle) {
  const auto again = workers_.contains(hello.worker);
  if (again)
    down(hello.worker);
  workers_[hello.worker] = handle;
  devices.add(hello.worker, hello.device);
  self_->monitor(handle);
  return again;
}

void worker_desk::down(const worker_id& gone) {
  // CAF 0.17 does not answer what a dead actor had promised. With a grant among it, the group job reports the
  // failure and its slice is granted again.
  devices.remove(gone, {ec::unreachable, "worker " + gone.value + " is gone", {}});
  workers_.erase(gone);
}

std::optional<worker_id> worker_desk::find(const caf::actor_addr& who) const {
  for (const auto& [id, handle] : workers_)
    if (handle.address() == who)
      return id;
  return std::nullopt;
}

void worker_desk::forget(group_id group) {
  for (const auto& [id, handle] : workers_)
    self_->send(handle, job_ended{group});
}

caf::result<labels> worker_desk::pass_on(label_order& order) {
  return pass_on<labels>({}, order);
}

caf::result<train_report> worker_desk::pass_on(train_order& order) {
  const auto wanted = order.worker;
  return pass_on<train_report>(wanted, order);
}

caf::result<eval_report> worker_desk::pass_on(eval_order& order) {
  return pass_on<eval_report>({}, order);
}

template <class Answer, class Order>
caf::result<Answer> worker_desk::pass_on(const worker_id& wanted, Order& order) {
  const auto by = devices.take_turn(wanted);
  if (!by)
    return to_caf({ec::unavailable,
                   wanted.value.empty() ? "there is no GPU worker" : "there is no GPU worker " + wanted.value,
                   "start one with `ecco worker`"});
  auto promise = self_->make_response_promise<Answer>();
  constexpr auto for_labels = std::is_same_v<Answer, labels>;
  const auto number = devices.begin_order(
      *by, [promise](const error& why) mutable { promise.deliver(to_caf(why)); }, for_labels);
  self_->request(workers_.at(*by), order_patience, std::move(order))
      .then(
          [this, by = *by, number, promise](Answer& done) mutable {
            charge_(overhead_of(done));
            if constexpr (for_labels) {
              rates.labelled(done.frames.size(), done.busy);
              devices.labelled(by, number, {ec::timed_out, "labels of later frames are there: these are lost", {}});
            }
            if (devices.end_order(by, number))
              promise.deliver(std::move(done));
          },
          [this, by = *by, number, promise](const caf::error& failure) mutable {
            if (devices.end_order(by, number))
              promise.deliver(failure);
          });
  return promise;
}

} // namespace ecco
