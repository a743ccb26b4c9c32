// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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

/// A point in units of 1/65535 of the frame's width and height, origin top left: at every resolution no point
/// lies outside, and to a 16th of a pixel on 4096 pixels is as near as anybody draws.
struct corner {
  std::uint16_t x = 0, y = 0;

  friend bool operator==(const corner&, const corner&) = default;
};

/// The area an object covers, as closed polygons: a point belongs to it when it lies within an odd number of
/// them, so that a ring within a ring is a hole. Empty when nothing is known of the shape. Polygons rather
/// than runs of pixels, because a camera sees a frame at another resolution than the server that receives it,
/// and because the receiver chooses how many pixels they become. At most 64 rings and 4096 corners in all of
/// them, at least three in each.
struct outline {
  std::vector<std::vector<corner>> rings;

  bool empty() const { return rings.empty(); }

  friend bool operator==(const outline&, const outline&) = default;
};

inline constexpr std::size_t max_rings = 64, max_corners = 4096;

/// What a student saw: a box, its class (index into the configured class list), a score in [0, 1].
struct detection {
  box where;
  std::uint16_t class_id = 0;
  float score = 0;
  /// Within the box; empty from a student without masks, or when no pixel belongs to the object.
  outline shape{};

  friend bool operator==(const detection&, const detection&) = default;
};

/// What a teacher says is there. `ignore` marks a region too doubtful to train on or to count.
struct label {
  box where;
  std::uint16_t class_id = 0;
  bool ignore = false;
  /// What a student with masks learns from; empty when the teacher draws none, or for a student without.
  outline shape{};

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
