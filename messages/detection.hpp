// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "messages/blob.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// An axis-parallel rectangle in fractions of the frame's width and height: 0 <= x1 <= x2 <= 1,
/// 0 <= y1 <= y2 <= 1, origin top left. Being relative, it holds at every resolution.
struct box {
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;

  friend bool operator==(const box&, const box&) = default;
};

/// What a student saw: a box, its class (index into the configured class list), a score in [0, 1].
struct detection {
  box where;
  std::uint16_t class_id = 0;
  float score = 0;

  friend bool operator==(const detection&, const detection&) = default;
};

/// What a teacher says is there. `ignore` marks a region too doubtful to train on or to count.
struct label {
  box where;
  std::uint16_t class_id = 0;
  bool ignore = false;

  friend bool operator==(const label&, const label&) = default;
};

/// 8-bit RGB, interleaved, rows from top to bottom without padding: `rgb.size() == 3 * width * height`.
struct image {
  std::uint16_t width = 0, height = 0;
  blob rgb;

  friend bool operator==(const image&, const image&) = default;
};

/// May this moment of a camera's stream be trained on?
enum class sample_role : std::uint8_t {
  train = 0,
  /// Never trained on; the accuracy of every model is measured here.
  held_out = 1,
  /// Between the two: neither sent nor used, so that neighbouring frames do not leak.
  guard = 2,
};

/// One picture of one camera.
struct frame {
  camera_id camera;
  /// Position in the source's own time line; a looping file repeats it.
  duration media_time{};
  sample_role role = sample_role::train;
  image picture;

  friend bool operator==(const frame&, const frame&) = default;
};

/// A frame with the teacher's word, and what the camera's own student saw on it when it was captured.
struct labelled_frame {
  frame shot;
  std::vector<label> labels;
  std::vector<detection> seen;
  /// Revision of the model that produced `seen`.
  std::uint32_t seen_by = 0;
  /// It shows the world before the camera's present drift: an old skill to keep (decision 28).
  bool before_drift = false;

  friend bool operator==(const labelled_frame&, const labelled_frame&) = default;
};

} // namespace ecco
