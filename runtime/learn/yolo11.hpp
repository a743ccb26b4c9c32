// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/blob.hpp"
#include "messages/error.hpp"
#include "runtime/learn/student.hpp"

namespace ecco {

/// One size of YOLO11: a row of the scaling table.
struct yolo11_scale {
  std::string_view name;
  /// Multiplies the number of repeated blocks, and the number of channels.
  double depth = 0, width = 0;
  /// Upper bound on channels before `width` applies.
  int max_channels = 0;
  /// The larger sizes use the C3k block in every C3k2, the smaller ones in three of them.
  bool c3k_everywhere = false;
};

/// Finds the scale of `spec` and checks the rest of it.
/// @returns `invalid_argument` for an unknown architecture, no class, or an input that is not a multiple
///          of 32 pixels between 32 and 4096.
result<yolo11_scale> scale_of(const student_spec& spec);

/// Fresh weights in safetensors, the same for the same seed: uniform within 1/sqrt(fan-in), detection
/// biases set for boxes of a few cells and rare objects (Ultralytics 8.3).
result<blob> make_initial_weights(const student_spec& spec, std::uint64_t seed);

} // namespace ecco
