// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "messages/ids.hpp"

namespace ecco {

/// allocator -> the cameras of a group: what their job may expect of this window (paper 3.1, line 15).
struct gpu_share {
  group_id group;
  window_number window = 0;
  /// Normalised share p_j in [0, 1]; over all groups they sum to 1.
  double p = 0;
  /// Expected GPU time c_j = p_j * G * |T|.
  duration c{};
  std::uint32_t members = 0;
  /// What one device gets done in a second, as measured: pixels trained on, and frames labelled; 0 while that is not
  /// known. With `c` they say how much video the group can use (decisions 34, 39).
  double pixels_per_second = 0, labels_per_second = 0;

  friend bool operator==(const gpu_share&, const gpu_share&) = default;
};

/// How the stream's time line is cut: `cycle` seconds, the first `train` of them trained on, then `guard`
/// unused, `held_out` scored only, the rest unused. By media time, so that a looping file never trains
/// on what it is scored on. `cycle` is at least 1 and at least the sum of the others.
struct sample_split {
  std::uint16_t cycle = 10, train = 5, guard = 1, held_out = 3;

  friend bool operator==(const sample_split&, const sample_split&) = default;
};

/// server -> camera: what to send.
struct sampling_plan {
  /// Frames a second of training segments, and of held-out ones: 0 to 240, may be below 1.
  double train_fps = 0, held_out_fps = 0;
  /// Size of the encoded picture, pixels, even.
  std::uint16_t width = 0, height = 0;
  std::uint32_t bits_per_second = 0;
  sample_split split;

  friend bool operator==(const sampling_plan&, const sampling_plan&) = default;
};

/// server -> camera: how hard to compete for the uplink (paper 3.2.2).
struct rate_plan {
  static constexpr double least = 1e-6, most = 1e6;

  /// Additive increase in those of one Reno flow, from `least` to `most`: p_j / n_j as the paper has it, or corrected
  /// by what arrives.
  double weight = 1;

  friend bool operator==(const rate_plan&, const rate_plan&) = default;
};

} // namespace ecco
