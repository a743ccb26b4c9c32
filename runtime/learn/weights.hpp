// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "messages/blob.hpp"
#include "messages/error.hpp"
#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/student.hpp"

namespace ecco {

/// Metadata `format` of a trainer's checkpoint.
inline constexpr const char* checkpoint_format = "ecco-checkpoint-2";

/// What a file of weights is, by its own word.
struct weights_facts {
  /// Architecture and number of classes. Its input is the default: files do not know theirs.
  student_spec student;
  /// A trainer's whole state, of which the averaged weights are one part.
  bool is_checkpoint = false;
  std::size_t tensors = 0;
  std::set<scalar_type> types;
  std::map<std::string, std::string> metadata;
};

/// Recognises YOLO11 by the names and shapes of its tensors, and a trainer's checkpoint by its metadata.
/// Whether all the rest is there shows when it is used, as in `deployable`.
/// @returns `malformed_data` for what is not safetensors, `shape_mismatch` for what is not YOLO11.
result<weights_facts> recognise(const blob& file);

/// What the weights call their classes, in their order: the names, between commas, in metadata `classes`. Nothing when
/// they do not say, or not one name a class.
std::vector<std::string> class_names(const weights_facts& facts);

/// The weights to give to cameras, in f32, f16 or bf16: of a checkpoint the averaged ones.
/// @returns as `recognise` and `convert_weights`
result<blob> deployable(const blob& file, scalar_type type);

} // namespace ecco
