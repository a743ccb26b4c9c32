// SPDX-License-Identifier: Apache-2.0
#include "config/presets.hpp"

#include <algorithm>

#include "preset_texts.hpp"

namespace ecco {

std::span<const preset> presets() {
  return preset_texts;
}

const preset* find_preset(std::string_view name) {
  const auto found = std::find_if(std::begin(preset_texts), std::end(preset_texts),
                                  [&](const preset& one) { return one.name == name; });
  return found == std::end(preset_texts) ? nullptr : found;
}

} // namespace ecco
