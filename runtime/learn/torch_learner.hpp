// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "messages/error.hpp"
#include "runtime/learn/learner.hpp"
#include "runtime/learn/replay.hpp"
#include "runtime/learn/student.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/training_recipe.hpp"

namespace ecco {

struct torch_learner_options {
  student_spec spec;
  training_recipe recipe;
  /// Where it trains and scores; `scoring.device` follows it.
  compute_device device;
  /// How weights are scored.
  detection_options scoring;
  replay_options replay;
  /// The oldest held-out frame of a camera makes room when it has this many.
  std::size_t held_out_per_camera = 64;
  /// States of the jobs served last; the others answer `stale` and come back with their checkpoint.
  std::size_t kept_jobs = 4;
  /// May be null: then nothing can be labelled here.
  std::unique_ptr<teacher> labeller;
  /// Must go on by itself: a slice ends when it says so.
  stopwatch clock;
};

/// One device that trains YOLO11 on LibTorch.
///
/// A `train_order` from scratch may carry a checkpoint, or plain weights in safetensors, or nothing (fresh
/// weights from the order's seed). What trains worse than it began, beyond noise, is undone: the report
/// then repeats the state the slice began with. After an error the samples of the order stay, the state is
/// that of `base`.
result<std::unique_ptr<learner>> make_torch_learner(torch_learner_options options);

} // namespace ecco
