// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/score/coco_match.hpp"

namespace ecco {

/// COCO's twelve figures, each in [0, 1], or NaN (COCO's -1) where no object counts.
struct coco_figures {
  /// Average precision over the thresholds 0.5:0.05:0.95, at 0.5, at 0.75, and of small, medium and large
  /// objects.
  double ap = 0, ap50 = 0, ap75 = 0, ap_small = 0, ap_medium = 0, ap_large = 0;
  /// Average recall with at most 1, 10 and 100 detections an image and category, and of small, medium and
  /// large objects.
  double ar1 = 0, ar10 = 0, ar100 = 0, ar_small = 0, ar_medium = 0, ar_large = 0;
};

/// Over all categories, and of each alone.
struct coco_summary {
  coco_figures all;
  std::vector<coco_figures> by_category;
};

/// Averages as COCO's accumulate and summarize do, to the last bit. Nothing is matched anew, so any selection
/// of images is cheap.
/// @param weights how many times each image counts: 0 leaves it out; empty counts each once
/// @pre the matches are over `coco_areas`
coco_summary summarise(const coco_matches& matches, std::span<const double> weights = {},
                       unsigned threads = 1);

/// Standard errors of all figures by bootstrap over blocks of images that are not independent of each other
/// (of one camera, of one second); NaN where the figure is. Takes 100 times as long as `summarise`.
/// @param blocks the block of each image, from 0 without gaps
coco_summary standard_errors(const coco_matches& matches, std::span<const std::uint32_t> blocks,
                             unsigned threads = 1);

} // namespace ecco
