// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/score/coco_match.hpp"

namespace ecco {

/// What overlaps are taken of.
enum class coco_regions { boxes, masks };

/// A category of the truth.
struct coco_category {
  std::int64_t id = 0;
  /// Empty when the file gives none.
  std::string name;
};

/// An image of the truth.
struct coco_image {
  std::int64_t id = 0;
  /// In pixels; 0 when the file does not say, which it need not for boxes.
  std::uint32_t height = 0, width = 0;
  /// `file_name`, empty when the file gives none.
  std::string file;
};

/// A truth and results, ready to be evaluated.
struct coco_input {
  coco_scene scene;
  /// By the scene's numbers: in the order of their ids.
  std::vector<coco_image> images;
  std::vector<coco_category> categories;
  /// Of each image, the block of those it is not independent of, from 0 without gaps.
  std::vector<std::uint32_t> blocks;
  /// Results of categories that the truth does not name: left out, as everywhere.
  std::uint64_t left_out = 0;
  /// The truth has an annotation with id 0. It is matched like any other; pycocotools takes it for missed.
  bool has_id_zero = false;
};

/// Reads COCO's two files: instances (`images`, `annotations`, `categories`) and results (a list). Ids may be
/// any integers, each used once. Results without `bbox` have that of their mask. As in COCO's tools, if the
/// first result has a `bbox` all must, and their areas, for the ranges of areas, are those of their boxes
/// even when masks are compared.
/// @param block the member of each image that says which are not independent of each other, such as
/// `video_id`; empty: all are independent
/// @returns as `read_lists` does, and `malformed_data` with file and path for whatever is missing,
/// contradicts or is out of bounds.
result<coco_input> read_coco(const std::filesystem::path& truth, const std::filesystem::path& results,
                             coco_regions regions, const std::string& block = {});

/// Reads only the truth.
result<coco_input> read_coco_truth(const std::filesystem::path& truth, coco_regions regions,
                                   const std::string& block = {});

} // namespace ecco
