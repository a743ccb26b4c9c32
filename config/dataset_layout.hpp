// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ecco {

/// How a data set lies on disk.
enum class dataset_layout : std::uint8_t { mot, visdrone, mdot, cityflow, carla, coco, yolo };

/// Their words, in the order of the values.
inline constexpr std::array<std::string_view, 7> dataset_layout_words{"mot",   "visdrone", "mdot", "cityflow",
                                                                      "carla", "coco",     "yolo"};

inline std::string_view to_string(dataset_layout layout) {
  return dataset_layout_words[static_cast<std::size_t>(layout)];
}

/// Nothing for another word.
inline std::optional<dataset_layout> layout_of(std::string_view word) {
  const auto found = std::find(dataset_layout_words.begin(), dataset_layout_words.end(), word);
  if (found == dataset_layout_words.end())
    return std::nullopt;
  return static_cast<dataset_layout>(found - dataset_layout_words.begin());
}

} // namespace ecco
