// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
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

/// One sequence of a data set.
struct dataset_place {
  dataset_layout layout{};
  std::string path;
};

/// A camera's source that is one: `mot:data/MOT17-02-FRCNN`. Nothing for whatever libavformat opens.
inline std::optional<dataset_place> dataset_named_by(std::string_view source) {
  const auto colon = source.find(':');
  if (colon == std::string_view::npos || colon + 1 == source.size())
    return std::nullopt;
  const auto layout = layout_of(source.substr(0, colon));
  if (!layout)
    return std::nullopt;
  return dataset_place{*layout, std::string{source.substr(colon + 1)}};
}

} // namespace ecco
