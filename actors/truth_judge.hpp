// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "actors/interfaces.hpp"
#include "runtime/learn/learner.hpp"

namespace ecco {

/// Finds what is exactly known about a camera's pictures; null when nobody knows it.
using truth_factory = std::function<result<std::unique_ptr<teacher>>(const camera_id&)>;

struct truth_judge_state {
  static constexpr const char* name = "truth_judge";

  struct known {
    /// Null: nobody knows, or it could not be had.
    std::unique_ptr<teacher> truth;
    /// About the frames last judged, by their media time.
    std::map<duration, std::vector<label>> recent;
  };

  explicit truth_judge_state(truth_judge_actor::stateful_pointer<truth_judge_state> selfptr) : self(selfptr) {}

  void judge(const sample_batch& batch);
  known& known_of(const camera_id& camera);
  /// Nothing more is said of the camera.
  void give_up(known& of, const camera_id& camera, const error& why);

  truth_judge_actor::stateful_pointer<truth_judge_state> self;
  truth_factory find;
  telemetry_actor telemetry;
  std::map<camera_id, known> cameras;
};

/// Measures the deployed models and the teacher's labels against the exact truth, where that is known, on the held-out
/// frames that the models are scored on. For people only: it speaks to telemetry and to nobody who decides. A server
/// whose run is replayed does without (it is spawned without a name, and so is no part of a recording).
truth_judge_actor::behavior_type truth_judge(truth_judge_actor::stateful_pointer<truth_judge_state> self,
                                             truth_factory find, telemetry_actor telemetry);

} // namespace ecco
