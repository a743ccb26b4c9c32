// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/precision.hpp"
#include "messages/blob.hpp"
#include "messages/error.hpp"
#include "runtime/learn/compute_device.hpp"
#include "runtime/learn/learner.hpp"
#include "runtime/learn/letterbox.hpp"

namespace ecco {

struct network_teacher_options {
  /// Network input in pixels, multiples of 32.
  input_size input{640, 640};
  /// Detections from `least_score` on are labels, those from `ignore_score` on regions to ignore; the rest is dropped.
  /// 0 < ignore_score <= least_score < 1.
  float least_score = .4F, ignore_score = .2F;
  precision arithmetic = precision::fp32;
  compute_device device;
  /// Frames of one size that it looks at together, 1 or more.
  std::size_t batch = 8;
  /// Refuse weights that draw no masks: a student with masks would learn none. What has no pixel in its mask is a
  /// region to ignore.
  bool outlines_needed = false;
};

/// The place among `wanted` of each class of a network; none for a class that nobody wants.
/// @param named what the network calls its classes, in their order; empty: it does not say, and they are taken in the
///              order of `wanted`
/// @returns `shape_mismatch` when none is wanted, or when there are no names and the numbers differ
result<std::vector<std::optional<std::uint16_t>>>
places_of(std::uint16_t classes, std::span<const std::string> named, std::span<const std::string> wanted);

/// A teacher that is a YOLO11, larger than the students or trained on more than they (paper 2.2: YOLO11x teaches
/// YOLO11n). Weights of every variant will do, in safetensors, or a trainer's checkpoint.
/// @param classes of the students: labels are of these
/// @returns as `recognise`, `deployable` and `places_of`; `shape_mismatch` for weights without masks where outlines
///          are needed; `invalid_argument` for options out of range
result<std::unique_ptr<teacher>> make_network_teacher(const blob& weights, std::span<const std::string> classes,
                                                      const network_teacher_options& options);

} // namespace ecco
