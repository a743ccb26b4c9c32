// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "messages/training.hpp"
#include "messages/error.hpp"
#include "runtime/learn/student.hpp"

namespace ecco {

/// Tells how long the process has been running; handed down from main so that nothing below reads a clock.
using stopwatch = std::function<duration()>;

/// What one device can do: label with the teacher, train and score students. It keeps the training state
/// of the jobs it served last. Not thread-safe; one gpu_worker owns one learner. Never throws: a failure
/// of the libraries beneath is an `error`.
class learner {
 public:
  virtual ~learner() = default;

  /// Labels frames with the teacher, in order.
  virtual result<labels> label(const label_order& order) = 0;

  /// Trains one job for `order.slice`, evaluation before and after included. New held-out samples join the
  /// evaluation set, new training samples are scored by the present model before they are trained on.
  /// @returns `stale` when this device does not hold state number `order.base` of the job and the order
  ///          is not `from_scratch`; `not_finite` when the loss diverged (the kept state is unharmed).
  virtual result<train_report> train(const train_order& order) = 0;

  /// Scores `order.weights` on `order.frames`, one score a camera, and tells the frames' features where they are
  /// wanted.
  virtual result<eval_report> evaluate(const eval_order& order) = 0;

  /// Drops the kept state of a job that ended.
  virtual void forget(group_id group) = 0;
};

/// Labels frames in place of people: a large model, a file of truths, a classic detector.
class teacher {
 public:
  virtual ~teacher() = default;

  /// One list of labels for `shot`, boxes in fractions of the picture.
  virtual result<std::vector<label>> label_frame(const frame& shot) = 0;

  /// The same for several, in order. A teacher that is faster with many at once has its own.
  virtual result<std::vector<std::vector<label>>> label_frames(std::span<const frame> shots) {
    std::vector<std::vector<label>> all;
    for (const auto& shot : shots) {
      auto said = label_frame(shot);
      if (!said)
        return tl::unexpected{said.error()};
      all.push_back(std::move(*said));
    }
    return all;
  }
};

} // namespace ecco
