// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <random>
#include <span>
#include <vector>

#include "messages/error.hpp"
#include "messages/training.hpp"

namespace ecco {

struct replay_options {
  /// At least 1. The oldest frame of a camera makes room when it has this many since its last drift.
  std::size_t frames_per_camera = 512;
  /// Part of every draw, and on top of `frames_per_camera`, that is given to frames from before the drift, in
  /// [0, 1): training on news alone forgets old skills.
  double pre_drift_share = .15;
};

/// The training samples of one job: for each camera a ring of recent frames, and one of frames from before its last
/// drift. Every camera has an equal say, however much it sent.
class replay {
 public:
  explicit replay(const replay_options& options = {}) : options_(options) {}

  /// Takes one labelled frame, newer ones after older. @returns `invalid_argument` unless its role is `train`: what
  /// accuracy is measured on must never be learned.
  result<void> add(labelled_frame sample);

  /// Drops the frames of every camera that is not a member.
  void keep_only(std::span<const camera_id> members);

  /// Draws `n` frames, camera by camera, with equal quotas (they differ by one at most). Cameras whose newest frames
  /// differ in resolution do not meet in one draw (decision 33): it is given to one resolution, at random by the number
  /// of cameras that have it, so that in the long run quotas are equal all the same. Within a quota no frame repeats
  /// before every other was drawn. Fewer only when there is no frame at all.
  /// The pointers hold until the next call of another member function.
  std::vector<const labelled_frame*> draw(std::size_t n, std::mt19937_64& random) const;

  /// Number of frames of all cameras.
  std::size_t size() const;

 private:
  struct memory {
    std::deque<labelled_frame> recent, before_drift;
  };

  std::vector<const memory*> of_one_resolution(std::mt19937_64& random) const;
  std::size_t drawn_from_before(const memory& of, std::size_t quota, std::mt19937_64& random) const;

  replay_options options_;
  /// No camera is kept without a frame.
  std::map<camera_id, memory> cameras_;
};

} // namespace ecco
