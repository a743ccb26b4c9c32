// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/score/matching.hpp"
#include "runtime/score/pixel_box.hpp"
#include "runtime/score/rle.hpp"

namespace ecco {

/// An object that is really there.
struct coco_object {
  /// Numbers from 0, in the order of COCO's ids.
  std::uint32_t image = 0, category = 0;
  pixel_box where;
  /// COCO's `area` field, in square pixels: that of the mask, also when boxes are compared.
  double area = 0;
  bool crowd = false;
};

/// What a model says is there.
struct coco_detection {
  std::uint32_t image = 0, category = 0;
  pixel_box where;
  /// In square pixels, for the ranges of areas.
  double area = 0;
  /// Finite.
  double score = 0;
};

/// What is there and what was seen, on all images. The order of objects decides between equal overlaps, that
/// of detections between equal scores.
struct coco_scene {
  std::uint32_t images = 0, categories = 0;
  std::vector<coco_object> objects;
  std::vector<coco_detection> detections;
  /// One for each object and each detection, all of an image of one size: then masks are compared. Else both
  /// empty, and boxes are.
  std::vector<rle> object_masks, detection_masks;

  bool has_masks() const { return !object_masks.empty() || !detection_masks.empty(); }
};

/// A range of areas, in square pixels, with both its ends. Objects outside do not count, nor do unmatched
/// detections.
struct area_range {
  double least = 0, most = 1e10;
};

/// COCO's ranges: all, small, medium, large.
inline constexpr std::array<area_range, 4> coco_areas{{{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}}};

/// One category over all images: all that averaging has to know, over whichever images.
struct category_matches {
  /// A set of area ranges, by their numbers.
  using area_set = std::uint8_t;

  struct object {
    std::uint32_t image = 0;
    /// Where it counts.
    area_set counted = 0;
  };

  /// Image of each detection, surest first, of equals the one of the earlier image.
  std::vector<std::uint32_t> image;
  /// Its place among those of its image, from 0; below `max_detections`.
  std::vector<std::uint8_t> rank;
  /// By area range, then by detection.
  std::vector<std::vector<verdict>> verdicts;
  /// In the order of images.
  std::vector<object> objects;
};

/// All images, matched once.
struct coco_matches {
  std::uint32_t images = 0;
  std::vector<category_matches> categories;
};

/// Matches as COCO's evaluateImg does (algorithms.md section 4): category by category and image by image,
/// surest first, each detection takes the free object it overlaps most, of equals the later; a crowd takes
/// any number, by the part of the detection it covers. Unlike there, an object may have any id, 0 too.
/// @param areas at most eight
/// @param threads how many work on it; the result is the same
coco_matches match(const coco_scene& scene, std::span<const area_range> areas = coco_areas,
                   unsigned threads = 1);

} // namespace ecco
