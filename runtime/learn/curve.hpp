// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "messages/blob.hpp"
#include "messages/detection.hpp"
#include "runtime/learn/learner.hpp"
#include "runtime/learn/student.hpp"

namespace ecco {

/// Learning without a network, for tests and experiments of everything around it. The world has 256
/// conditions (weather, light, place); the red value of a picture's first pixel says which one it shows.
/// A model is the number of images it was trained on under each, and is worth
/// `ceiling * (1 - exp(-images / scale))` there. The same orders give the same answers, bit by bit.
struct curve_options {
  /// What a device trains on in a second, more than 0; labelling or scoring a frame takes as long.
  double capacity_images_per_second = 40;
  /// Accuracy that training approaches, in [0, 1].
  double ceiling = .8;
  /// Images after which 63 % of the ceiling is reached, more than 0.
  double scale = 400;
  /// Images lost under each other condition for one that is trained on, in [0, 1].
  double forgetting = 0;
};

/// How many features a picture has here.
inline constexpr std::size_t curve_features = 16;

/// A 16x16 picture of `condition`.
image curve_picture(std::uint8_t condition);

/// A model that was trained on so many images under the conditions named.
blob curve_weights(const std::map<std::uint8_t, double>& images);

/// A student that sees one fixed box in every picture, with its accuracy under that condition as score.
/// It begins without any training. Its features are synthetic: `curve_features` numbers, of which that of the picture's
/// condition (modulo their number) is 1 and the others are 0.
std::unique_ptr<student> make_curve_student(const curve_options& options = {});

/// A learner that labels the same fixed box and trains along the curve. A slice is worth
/// `capacity * slice` images, shared equally between the members that have training samples, and by each
/// member between the conditions of its last 512. Scores are taken over the last 64 held-out frames of each.
/// An empty checkpoint is a model without training; weights of `curve_weights` are checkpoints too.
/// Devices that train together lose nothing by it: rank 0 learns from as many slices as there are ranks. The others
/// keep only samples, and tell nothing but their time.
std::unique_ptr<learner> make_curve_learner(const curve_options& options = {});

} // namespace ecco
