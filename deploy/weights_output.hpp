// SPDX-License-Identifier: Apache-2.0
// Private to deploy
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "messages/blob.hpp"

namespace ecco {

/// Where a command's weights go, and in which numbers.
struct weights_output {
  std::filesystem::path to;
  /// fp16 in place of fp32.
  bool half = false;
  /// Replace what is there.
  bool force = false;
};

/// Adds --half and --force.
void add_weights_options(CLI::App& sub, weights_output& options);

/// Makes of a file of weights, or a checkpoint, the one that is wanted, and writes it and a line on it.
/// @param called in errors @param metadata added to the file's own @param facts added to the line of JSON
/// @returns the exit code
int write_weights(const common_options& common, const weights_output& options, const std::string& called,
                  const blob& from, const std::map<std::string, std::string>& metadata = {},
                  const nlohmann::json& facts = nlohmann::json::object());

/// Says before anything is read whether that would be refused.
result<void> check_output(const weights_output& options);

} // namespace ecco
