// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "config/environment.hpp"
#include "config/yaml.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Private to config/. All that was written, as one tree: the preset, files, variables, overrides, later over
/// earlier, as `load_settings` documents it. Every value knows where it was written; nothing is known yet of
/// what the names mean.
result<yaml_node> stack_layers(std::span<const std::filesystem::path> files,
                               std::span<const std::string> overrides, const environment& outside);

} // namespace ecco
