// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "config/precision.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Random changes of a training picture and its labels. Each is off at 0.
struct augmentation {
  /// Probability of a mirror image.
  double flip = .5;
  /// Largest relative change of size, and largest shift as part of the input.
  double scale = .2, translate = .1;
  /// Largest relative change of hue, saturation and brightness. Off: a student made robust against changes
  /// of light would hide the very drift that ecco is there for.
  double hue = 0, saturation = 0, brightness = 0;
  /// Probability that a picture becomes a mosaic of itself and three others of its batch, each at half its size in one
  /// quarter. Off: a camera that stands still sees no such thing, and its small objects become too small to learn.
  double mosaic = 0;

  friend bool operator==(const augmentation&, const augmentation&) = default;
};

/// What each term of the loss weighs.
struct loss_gains {
  double box = 7.5, classes = .5, distances = 1.5;

  friend bool operator==(const loss_gains&, const loss_gains&) = default;
};

/// How a job trains. Defaults are for small windows of time, measured with benchmarks/learn_from_video.
struct training_recipe {
  std::size_t batch = 8;
  /// Of AdamW, constant after the warm-up.
  double learning_rate = 2e-3;
  std::uint32_t warm_up_steps = 30;
  double first_moment_decay = .9, second_moment_decay = .999;
  /// On convolution weights only, as part of the learning rate.
  double weight_decay = 5e-4;
  /// Bound on the norm of the gradient.
  double gradient_clip = 10;
  /// The averaged (deployed) weights keep `average_decay * (1 - exp(-step / average_ramp))` of themselves
  /// each step.
  double average_decay = .98, average_ramp = 50;
  /// What each batch lends to the running statistics of batch normalisation. The published .03 lags some 100
  /// steps behind weights that learn this fast: from scratch, mAP is still 0 when .1 has it at .8.
  double statistics_momentum = .1;
  augmentation augment;
  loss_gains gains;
  precision arithmetic = precision::fp32;
  /// Pictures smaller than the network's input are enlarged to it. Without, they are trained on at their own size, so
  /// that resolution is traded for frame rate (paper 3.2.1).
  bool enlarge = true;
  /// On a CUDA device, launch each pass as one recording (CUDA graph).
  bool recordings = true;

  friend bool operator==(const training_recipe&, const training_recipe&) = default;
};

/// Checks ranges. @returns `invalid_argument` naming the field.
result<void> validate(const training_recipe& recipe);

} // namespace ecco
