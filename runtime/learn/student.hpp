// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/blob.hpp"
#include "messages/detection.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Which network a student is. Everything that must agree between a camera, its worker and its weights.
struct student_spec {
  /// A name of `yolo11_variants`: "yolo11n" ... "yolo11x", "yolo11p" (pico: depth .5, width .125; ecco's own
  /// scale for CPUs), or one of these with "-seg".
  std::string architecture = "yolo11n";
  std::uint16_t classes = 80;
  /// Network input in pixels, multiples of 32. Frames are letterboxed into it.
  std::uint16_t input_width = 640, input_height = 640;

  friend bool operator==(const student_spec&, const student_spec&) = default;
};

/// The small detector on a camera. Not thread-safe; one camera owns one student.
class student {
 public:
  virtual ~student() = default;

  /// Replaces the weights between two frames. On error the old weights stay in use.
  virtual result<void> load(const blob& weights) = 0;

  /// Detects in one picture: at most 300 detections, best first, boxes in fractions of the picture.
  virtual result<std::vector<detection>> infer(const image& picture) = 0;

  /// What the network made of the last picture, before it detected: the means of each channel of the maps that its
  /// head is given (448 numbers for yolo11n). Empty from a student that does not tell.
  virtual std::vector<float> features() const { return {}; }
};

} // namespace ecco
