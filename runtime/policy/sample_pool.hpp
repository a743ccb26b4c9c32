// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "messages/error.hpp"
#include "messages/training.hpp"

namespace ecco {

/// A job's labelled frames: a ring of each role for each member and one of old skills (decision 28), and those of them that the worker
/// which keeps the job's state does not have yet. Pure.
class sample_pool {
 public:
  /// Frames kept of each member.
  sample_pool(std::size_t train_frames, std::size_t held_out_frames)
      : train_limit_(train_frames), held_out_limit_(held_out_frames) {}

  void join(const camera_id& camera);
  void leave(const camera_id& camera);

  /// Frames of a camera that is no member are refused: it left while they were on their way, or never came. So is a
  /// batch with a frame of another camera than it says; nothing of it is used.
  result<void> add(sample_batch& batch);

  std::vector<camera_id> cameras() const;
  std::size_t members() const { return members_.size(); }
  /// Frames of the drifted world to train on, of all members.
  std::size_t train_frames() const;

  /// Everything that is kept.
  std::vector<labelled_frame> all() const;

  /// What came since `handed_out`, complete unless it `overflowed`: nobody fetched it for so long that more came
  /// than is kept; or a member left and came back, whose old frames the worker would not know to drop.
  const std::vector<labelled_frame>& fresh() const { return fresh_; }
  bool overflowed() const { return overflowed_; }
  void handed_out();

  /// Each member's frames to score on.
  std::map<camera_id, std::vector<labelled_frame>> held_out() const;

  /// Those from before its drift: what a model may forget is measured here. No worker is ever sent them to keep.
  std::map<camera_id, std::vector<labelled_frame>> held_out_before_drift() const;

 private:
  struct rings {
    std::deque<labelled_frame> train, held_out, before_drift, held_out_before_drift;
  };

  std::size_t train_limit_, held_out_limit_;
  std::map<camera_id, rings> members_;
  std::vector<labelled_frame> fresh_;
  /// Who left since then.
  std::set<camera_id> left_;
  bool overflowed_ = false;
};

/// Those of the frames that the camera looked at with that model.
std::vector<labelled_frame> seen_by(std::uint32_t revision, const std::vector<labelled_frame>& frames);

} // namespace ecco
