// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "config/units.hpp"
#include "messages/error.hpp"

namespace ecco {

/// A sampling configuration (f, q): frames a second of training segments, and the size of the encoded picture.
struct sampling_choice {
  double fps = 0;
  picture_size size;

  friend bool operator==(const sampling_choice&, const sampling_choice&) = default;
};

/// The configurations there are, both lists ascending: every rate goes with every size.
struct sampling_grid {
  std::vector<double> fps;
  std::vector<picture_size> sizes;

  friend bool operator==(const sampling_grid&, const sampling_grid&) = default;
};

/// Rates of .5, 1, 2, 5, 10 frames a second, and 320, 480, 640, 800, 960 parts in 960 of `largest` (the paper's grid,
/// on the camera's own scale): its aspect ratio is kept, sides are even and at least 16 pixels. Sizes that come out the
/// same are one.
sampling_grid make_sampling_grid(const picture_size& largest);

/// What sampled frames cost the devices, in seconds of device time (decision 39: labelling too).
struct sampling_cost {
  /// Pixels a device trains on, and frames it labels, in a second; 0 is not known (yet).
  double pixels_per_second = 0, labels_per_second = 0;
  /// Part of the stream that is trained on: frames are taken during it only. (0, 1].
  double duty = .5;
  /// The network's input: larger pictures are shrunk to it, and cost no more. 0x0 is no limit.
  picture_size input;

  /// Pixels of a picture of that size that are trained on.
  double trained_pixels(const picture_size& size) const;
  /// Device seconds a second of stream takes to train each of its frames `passes` times; 0 while the rate is not known.
  double training(const sampling_choice& choice, double passes = 1) const;
  /// The same of labelling each once.
  double labelling(const sampling_choice& choice) const;
};

/// From this many pixels a second on, a job affords that configuration.
struct sampling_level {
  double budget = 0;
  sampling_choice choice;

  friend bool operator==(const sampling_level&, const sampling_level&) = default;
};

/// A camera's lookup table (paper 3.2.1): GPU budget -> (f*, q*). A budget is in trained pixels a second, which is
/// portable between devices (decision 34): the job's part of the devices, c_j / |T|, times what one trains on in a
/// second.
struct sampling_table {
  /// Ascending; more budget never means fewer pixels.
  std::vector<sampling_level> levels;
  /// The largest part of a job's device time that labelling may take; (0, 1]. 1 in measured tables, whose runs paid for
  /// their labels already.
  double label_part = 1;

  friend bool operator==(const sampling_table&, const sampling_table&) = default;
};

/// Checks what `sampling_table` promises. The text names the level: "levels[2].fps ...".
result<void> validate(const sampling_table& table);

/// Does the camera stand still?
enum class camera_motion : std::uint8_t { stationary, mobile };

/// The table of a camera that was never profiled (decision 35). One that stands still climbs in resolution first, for
/// its small and distant objects; a mobile one in frame rate, for its changing scene (paper Fig. 5). A level wants each
/// frame trained on `default_passes` times, and leaves labelling a quarter of the time.
sampling_table default_table(const sampling_grid& grid, camera_motion motion, const sampling_cost& cost);

/// Passes over each frame before a higher rate is worth more: fewer, and the frames that were labelled are not learned.
inline constexpr double default_passes = 8;
inline constexpr double default_label_part = .25;

/// A member never sends fewer frames a second than this (decision 33).
inline constexpr double least_member_fps = .2;

/// (f*, q*) of a whole group. The level is the nearest at or below the budget, and the next lower one while its labels
/// would take more than their part. Below the lowest level its rate is scaled down.
/// @param devices the job's part c_j / |T| of the devices: 1 is one device all the time.
/// @pre the table has a level, and the cost is known
sampling_choice choose(const sampling_table& table, const sampling_cost& cost, double devices);

/// What one of `members` cameras sends of it: (f* / n, q*). A rate that would be less than `least_member_fps` is that,
/// and the picture is cut to the largest of the grid that keeps to `whole`, or to the smallest (decision 33).
/// @pre the grid has a size
sampling_choice divide(const sampling_choice& whole, const sampling_grid& grid, const sampling_cost& cost,
                       std::uint32_t members);

/// What a training run of the offline profiler achieved.
struct profiled_run {
  /// Trained pixels a second, as in `sampling_level::budget`.
  double budget = 0;
  sampling_choice choice;
  /// mAP@0.5 on held-out frames, [0, 1].
  double accuracy = 0;
};

/// The table that `runs` show: at each budget the best configuration, but none with fewer pixels than the budget below
/// takes. Equal accuracies: the one with fewer pixels.
sampling_table table_of(std::span<const profiled_run> runs);

} // namespace ecco
