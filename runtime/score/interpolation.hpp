// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "runtime/score/coco_match.hpp"

namespace ecco {

inline constexpr std::size_t recall_points = 101;

/// The recall that point `r` stands for. COCO's own doubles: r * .01 is not r / 100, and the difference moves
/// a recall of exactly .35.
constexpr double recall_at(std::size_t r) {
  return static_cast<double>(r) * 0.01;
}

/// Precision at each recall point.
using precision_row = std::array<double, recall_points>;

/// How many times each image counts: 0 leaves it out, 1 for all of them is the plain case.
using image_weights = std::span<const double>;

/// Counted objects of a category within an area range.
double count_objects(const category_matches& category, std::size_t area, image_weights weights);

/// Interpolates precision as COCO's accumulate does, for the lowest `rows.size()` thresholds in one pass.
class interpolation {
 public:
  /// @pre `objects` is what `count_objects` says, and positive
  void operator()(const category_matches& category, std::size_t area, image_weights weights, double objects,
                  std::span<precision_row> rows);

 private:
  /// Recall and precision just after a right detection: elsewhere recall does not move.
  struct point {
    double recall = 0, precision = 0;
  };
  /// Of one threshold.
  struct curve {
    double right = 0;
    /// Wrong here, but not at every threshold.
    double wrong = 0;
    std::vector<point> points;

    void fill(precision_row& row);
  };

  std::array<curve, iou_thresholds.size()> curves_;
};

} // namespace ecco
