// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "messages/blob.hpp"
#include "messages/detection.hpp"
#include "messages/error.hpp"
#include "runtime/learn/compute_device.hpp"
#include "runtime/learn/student.hpp"
#include "runtime/learn/training_recipe.hpp"

namespace ecco {

struct detection_options {
  /// Detections below this score are dropped. Low, because what a camera saw is scored with COCO's average
  /// precision, which counts doubtful detections too.
  float least_score = .05F;
  /// Of two detections of one class that overlap by more than this IoU, the better one stays.
  float overlap = .6F;
  std::size_t most_detections = 300;
  precision arithmetic = precision::fp32;
  compute_device device;
  /// Keep the pooled features of what is detected in, for `torch_detector::features`.
  bool features = false;
};

/// YOLO11 for inference: batch normalisation folded into the convolutions, picture in, detections out.
/// Not thread-safe. Never throws.
class torch_detector {
 public:
  static result<std::unique_ptr<torch_detector>> make(const student_spec& spec,
                                                      const detection_options& options);
  ~torch_detector();

  /// Takes new weights. On error the old ones stay in use.
  result<void> load(const blob& weights);

  /// One list of detections a picture, best first, in fractions of the picture, with outlines when the
  /// student has masks.
  /// @returns `unavailable` before the first `load`; `invalid_argument` for a picture without pixels.
  result<std::vector<std::vector<detection>>> detect(std::span<const image* const> pictures);

  /// Of the pictures last detected in, one list each: the means of the channels of P3, P4 and P5 as the head gets them
  /// (layers 16, 19 and 22; 448 numbers for yolo11n). Empty unless `detection_options::features`.
  std::vector<std::vector<float>> features() const;

 private:
  struct impl;
  explicit torch_detector(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

/// Does `picture` hold as many bytes as it claims? @returns `invalid_argument` naming the sizes.
result<void> check_picture(const image& picture);

} // namespace ecco
