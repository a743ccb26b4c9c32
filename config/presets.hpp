// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace ecco {

/// A system of the literature as settings: config/presets/NAME.yaml, built into the program.
struct preset {
  std::string_view name;
  std::string_view yaml;
};

/// All of them, in the order in which the paper compares them.
std::span<const preset> presets();

/// @returns null when there is none of that name
const preset* find_preset(std::string_view name);

} // namespace ecco
