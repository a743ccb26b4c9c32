// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "deploy/coco/read_coco.hpp"
#include "messages/error.hpp"
#include "runtime/learn/torch_detector.hpp"

namespace ecco {

/// The category that each class of a network stands for; none for a class that the truth does not have.
using class_categories = std::vector<std::optional<std::uint32_t>>;

/// Finds each class's category by its name, or without names by its place, in the order of the categories' ids.
/// @returns `shape_mismatch` when the numbers differ where there are no names, or no name is known.
result<class_categories> categories_of(std::uint16_t classes, const std::vector<std::string>& names,
                                       const std::vector<coco_category>& categories);

/// A picture that could not be looked at, and why.
struct unread_picture {
  std::int64_t id = 0;
  error why;
};

struct detect_options {
  std::filesystem::path folder;
  /// Masks only of a model that draws them.
  coco_regions regions = coco_regions::boxes;
  std::size_t batch = 8;
  /// How many pictures are read at a time.
  unsigned threads = 1;
  /// Told after each batch how many pictures are done; false stops.
  std::function<bool(std::size_t done)> go_on;
};

/// Lets `model` look at the pictures of `truth` and puts what it sees into the scene, in COCO's pixels. Pictures
/// that are missing, damaged or of another size than the truth says are left out and given back.
/// @returns `malformed_data` for an image without a file name, or with one that leaves the folder;
///          `unavailable` when it was stopped.
result<std::vector<unread_picture>> detect_pictures(coco_input& truth, torch_detector& model,
                                                    const class_categories& categories,
                                                    const detect_options& options);

/// Adds what was seen in image `number` of the scene, in COCO's pixels; detections come in the order of the images.
/// @param regions masks of a model that draws them, else boxes
void add_detection(coco_input& to, const detection& seen, const image& picture, std::uint32_t number,
                   std::uint32_t category, coco_regions regions);

/// Every detection as a line of COCO's results, in the order of the scene.
std::string as_results(const coco_input& input);

} // namespace ecco
