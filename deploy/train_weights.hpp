// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "messages/detection.hpp"
#include "messages/error.hpp"
#include "runtime/learn/trainer.hpp"

namespace ecco {

// Note [Training once, for long]
// A retraining job never ends and so keeps its learning rate. Weights that are to be good once, in so many steps, gain
// by one that falls: here along half a cosine from the recipe's to a hundredth of it, in `rounds` stairs. At each stair
// the trainer goes on from its own checkpoint with the next recipe; there the caller is told, and there training may
// stop and go on another day: what comes out is the same to the last bit.

struct training_plan {
  student_spec spec;
  /// Its learning rate is the first and highest.
  training_recipe recipe;
  std::uint64_t steps = 1000;
  std::uint64_t seed = 1;
  compute_device device;
  /// Weights or a checkpoint to go on from; empty: from nothing.
  blob start;
};

struct training_progress {
  /// Steps done, those of the checkpoint that it went on from among them.
  std::uint64_t steps = 0;
  /// Of the last step.
  double loss = 0;
};

struct training_callbacks {
  /// After each step; false stops.
  std::function<bool(const training_progress&)> step;
  /// At each stair, with what can be gone on from; a failure stops and is given back.
  std::function<result<void>(const blob& checkpoint)> stair;
};

/// Trains on all of `pictures`, in a new order each time round.
/// @returns the last checkpoint, also when it was stopped; `not_finite` when every one of ten steps in a row was
///          refused; `invalid_argument` without pictures
result<blob> train_weights(const training_plan& plan, const std::vector<const labelled_frame*>& pictures,
                           const training_callbacks& tell);

} // namespace ecco
