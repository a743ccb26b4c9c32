// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "actors/interfaces.hpp"
#include "runtime/policy/device_pool.hpp"
#include "runtime/policy/device_rates.hpp"

namespace ecco {

/// The GPU workers as the allocator knows them, and the orders that it passes on to them.
class worker_desk {
 public:
  /// Hears of device time that labelling and scoring took. That of training is in the report of its
  /// micro-window.
  using overhead_sink = std::function<void(duration busy)>;

  worker_desk(allocator_actor::pointer self, overhead_sink charge);

  /// A worker of a name that is there already is a new incarnation: what the old one had is lost. @returns
  /// whether it is
  bool up(const worker_hello& hello, const gpu_worker_actor& handle);
  /// The senders of its orders hear that it is gone.
  void down(const worker_id& gone);
  std::optional<worker_id> find(const caf::actor_addr& who) const;
  /// Workers drop what they keep of the job.
  void forget(group_id group);

  /// Gives the order to the worker that it names, or to the least busy one. Its sender hears at once when the
  /// device dies with it; `unavailable` when there is none.
  caf::result<labels> pass_on(label_order& order);
  caf::result<train_report> pass_on(train_order& order);
  caf::result<eval_report> pass_on(eval_order& order);

  device_pool devices;
  device_rates rates;

 private:
  template <class Answer, class Order>
  caf::result<Answer> pass_on(const worker_id& wanted, Order& order);

  allocator_actor::pointer self_;
  overhead_sink charge_;
  std::map<worker_id, gpu_worker_actor> workers_;
};

} // namespace ecco
