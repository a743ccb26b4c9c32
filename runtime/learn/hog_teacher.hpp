// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "messages/error.hpp"
#include "runtime/learn/learner.hpp"

namespace ecco {

/// Settings of the pedestrian detector. The defaults were measured on OpenCV's vtest.avi, crops of 416x312:
/// 35 ms a picture on one core; delivered at 208x156, 95 % of the labels stay; at 128x96, 88 %.
struct hog_options {
  /// Heights of the people to look for, in parts of the picture's height, 0.05 <= smallest <= largest <= 1.
  /// Pictures are scaled until the smallest fill the detector's window: its square is the time taken.
  double smallest_person = .2, largest_person = .6;
  /// Growth from one looked-for height to the next, in (1, 2].
  double scale_step = 1.15;
  /// Distance from the separating plane from which a window is a label, and from which it is a region to
  /// ignore. 0 is the plane itself, people in full view reach 1 to 4.
  double label_score = .5, ignore_score = 0;
  /// Of two boxes that overlap by more than this, in IoU, the better one stays.
  float overlap = .4F;
  std::uint16_t class_id = 0;
};

/// A teacher that needs no download: OpenCV's pedestrian detector (histograms of oriented gradients and a
/// linear SVM, Dalal and Triggs 2005). It finds people who walk or stand in full view, and nothing else.
/// Contrast is stretched and noise smoothed first, so that labels hold through dusk and bad cameras.
/// @returns `invalid_argument` for options out of range.
result<std::unique_ptr<teacher>> make_hog_teacher(const hog_options& options = {});

} // namespace ecco
