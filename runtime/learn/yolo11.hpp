// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/other_classes.hpp"
#include "messages/blob.hpp"
#include "messages/error.hpp"
#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/student.hpp"

namespace ecco {

/// One network of the YOLO11 family: a row of the scaling table, and which head it has.
struct yolo11_variant {
  std::string_view name;
  /// Multiplies the number of repeated blocks, and the number of channels.
  double depth = 0, width = 0;
  /// Upper bound on channels before `width` applies.
  int max_channels = 0;
  /// The larger sizes use the C3k block in every C3k2, the smaller ones in three of them.
  bool c3k_everywhere = false;
  /// Has the Segment head: a mask for every detection.
  bool masks = false;
};

/// All variants, the small ones first: `yolo11p`, which is ecco's own, `yolo11n`, `s`, `m`, `l`, `x`, and
/// each with masks: `yolo11p-seg`, ...
std::span<const yolo11_variant> yolo11_variants();

/// Finds the variant of `spec` and checks the rest of it.
/// @returns `invalid_argument` for an unknown architecture, no class, or an input that is not a multiple
///          of 32 pixels between 32 and 4096.
result<yolo11_variant> variant_of(const student_spec& spec);

/// Fresh weights in safetensors, the same for the same seed: uniform within 1/sqrt(fan-in), detection
/// biases set for boxes of a few cells and rare objects (Ultralytics 8.3).
result<blob> make_initial_weights(const student_spec& spec, std::uint64_t seed);

/// Weights from elsewhere, checked: themselves when they are for `spec`. Those for another number of classes
/// are refused, or lose what depends on it (see `load_weights`), which is drawn from `seed` instead.
/// @returns as `load_weights`
result<blob> adopt_weights(const student_spec& spec, const blob& weights, other_classes how,
                           std::uint64_t seed);

/// The same weights, for `spec`, with elements of another type: f32, f16 or bf16. Metadata stay, Ultralytics'
/// constants and counters go.
/// @returns as `load_weights`, and `not_finite` naming a tensor with a value too large for `type`
result<blob> convert_weights(const student_spec& spec, const blob& weights, scalar_type type);

/// A layer of the network, in Ultralytics' words and order.
struct layer_summary {
  std::string kind;
  /// Of its output; 0 for the head, which has several.
  std::int64_t channels = 0;
  std::int64_t parameters = 0;
  /// Of its convolutions, for one picture.
  std::int64_t multiplications = 0;
};

struct network_summary {
  std::vector<layer_summary> layers;
  /// As trained, and with batch normalisation folded into the convolutions.
  std::int64_t parameters = 0, folded_parameters = 0;
  /// Tensors of Ultralytics' state dict, its batch counters among them.
  std::int64_t tensors = 0;
  /// Floating point operations for one picture, in units of 10^9: two for each multiplication of a
  /// convolution, as published figures count.
  double gflops = 0;
};

/// Builds the network and counts.
result<network_summary> summarise(const student_spec& spec);

} // namespace ecco
