// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "messages/model.hpp"
#include "messages/training.hpp"
#include "runtime/learn/torch_detector.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

/// The held-out frames of one job, the newest of each camera, with what the present model sees on them: a
/// frame is looked at once a model, not once a score.
class evaluation_set {
 public:
  explicit evaluation_set(std::size_t frames_per_camera) : frames_per_camera_(frames_per_camera) {}

  void add(const labelled_frame& sample);

  /// Drops the frames of every camera that is not a member.
  void keep_only(std::span<const camera_id> members);

  /// The model has changed: nothing has been seen yet.
  void new_model();

  /// Lets `model` look at the frames it has not seen.
  result<void> look(torch_detector& model);

  /// One score a camera that has frames, in the order of their names. @pre every frame has been looked at
  std::vector<camera_score> scores() const;

  /// What this model has more than the one of `other`, mean over the cameras that can tell; NaN when none can.
  /// @pre the frames are the same, and every one has been looked at in both
  precision_change change_from(const evaluation_set& other) const;

  /// Number of frames, and of those the present model has not seen.
  std::size_t size() const;
  std::size_t unseen() const;

 private:
  struct memory {
    std::vector<image> pictures;
    /// Parallel to `pictures`; the first `looked_at` have their detections.
    std::vector<frame_detections> records;
    std::size_t looked_at = 0;
  };

  std::size_t frames_per_camera_;
  std::map<camera_id, memory> cameras_;
};

} // namespace ecco
