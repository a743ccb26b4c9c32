// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "config/settings.hpp"
#include "messages/error.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/learn/weights.hpp"

namespace ecco {

/// Weights that are ready to look at pictures.
struct loaded_model {
  weights_facts facts;
  /// That of the weights, with the input that was asked for.
  student_spec spec;
  std::unique_ptr<torch_detector> detector;
};

/// Reads weights in safetensors or a trainer's checkpoint, and makes the network that they are for.
/// @returns as `read_weights`, `recognise` and `torch_detector::load`, naming the file
result<loaded_model> load_model(const std::filesystem::path& file, const picture_size& input,
                                const detection_options& options);

/// The same of weights that were read. @param called in errors
result<loaded_model> load_model(const blob& file, const std::string& called, const picture_size& input,
                                const detection_options& options);

} // namespace ecco
