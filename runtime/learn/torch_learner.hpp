// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
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
  /// Hears of images that were trained on, scored or labelled, when that is done; may be empty. Where time is counted
  /// instead of measured (virtual time, design 2), `clock` goes on by it.
  std::function<void(std::size_t images)> worked;
  /// How long, beyond the slice, devices that train together wait for each other. One that died is noticed at once.
  duration exchange_patience = std::chrono::seconds{10};
};

/// Can devices train together in this build? See gradient_exchange.
bool can_train_together();

/// One device that trains YOLO11 on LibTorch.
///
/// A `train_order` from scratch may carry a checkpoint, or plain weights in safetensors, or nothing (fresh
/// weights from the order's seed). The best state of a job since it came to this device is kept, by the frames
/// held out now; when training makes it worse than that by more than two standard errors, be it in one slice or little
/// by little, the slice ends with the best state again (algorithms.md, decision 15). After an error the samples of the
/// order stay, the state is that of `base`.
///
/// When an order says that several devices train together, every rank takes over rank 0's state, they step as one until
/// rank 0's slice ends, and only rank 0 scores. They draw joint batches of `recipe.batch` frames a rank, of which each
/// takes every `size`-th: for that they must have the same samples. `images` counts those of all ranks. What a rank other
/// than 0 keeps for its next order is its samples: asked to train alone, it answers `stale`. A rank that is lost, or
/// fails, is `unavailable` to the others, and the slice is lost for all.
result<std::unique_ptr<learner>> make_torch_learner(torch_learner_options options);

} // namespace ecco
