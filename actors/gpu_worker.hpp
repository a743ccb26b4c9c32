// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "actors/interfaces.hpp"
#include "runtime/learn/learner.hpp"

namespace ecco {

/// Made in the worker's own thread: a learner belongs to one thread for life.
using learner_factory = std::function<std::unique_ptr<learner>()>;

struct gpu_worker_state {
  static constexpr const char* name = "gpu_worker";

  /// An answer that waits for its time.
  struct answer_due {
    duration at{};
    std::function<void()> deliver;
  };

  worker_id id;
  std::unique_ptr<learner> device;
  telemetry_actor telemetry;
  /// The device is taken until then.
  duration free_at{};
  std::deque<answer_due> answers;
};

/// One device. Spawn it detached when its learner is real: it blocks its thread while it works. An order's answer is
/// given once the time the work took has passed: under the virtual clock that is later, live it is at once.
gpu_worker_actor::behavior_type gpu_worker(gpu_worker_actor::stateful_pointer<gpu_worker_state> self, worker_id id,
                                           learner_factory make_device, telemetry_actor telemetry);

} // namespace ecco
