// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/dataset_address.hpp"
#include "messages/error.hpp"

namespace ecco {

/// What is in a sequence.
struct dataset_summary {
  struct of_class {
    std::string name;
    std::uint64_t objects = 0, not_counted = 0;
  };

  dataset_place place;
  std::string name;
  std::uint64_t frames = 0;
  std::int64_t first = 0, last = 0;
  double fps = 0;
  bool fps_is_assumed = false;
  /// 0: pictures of several sizes.
  std::uint32_t width = 0, height = 0;
  double seconds = 0, offset_seconds = 0;
  bool has_truth = false;
  /// Only those that occur.
  std::vector<of_class> classes;
  std::uint64_t tracks = 0;
  /// Rectangles that nobody labelled: on frames, and for good (around a region of interest).
  std::uint64_t regions = 0, standing_regions = 0;
  std::vector<std::string> notes;
};

/// Reads a sequence as a camera would, and counts; of a video, every picture is decoded to count them.
result<dataset_summary> summarise(const dataset_place& place, double fps);

/// Several lines for people.
std::string as_text(const dataset_summary& of);

/// One object of JSON.
std::string as_json(const dataset_summary& of);

} // namespace ecco
