// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "actors/interfaces.hpp"

namespace ecco {

/// Brings together what a segment was and what the teacher says of its frames, one after the other, for the
/// archive that keeps them. Does nothing without one. Times are by the actors' clock.
class frame_archiving {
 public:
  struct open_segment {
    labelled_segment content;
    duration arrived{};
  };

  /// One frame of a segment.
  struct ticket {
    std::shared_ptr<open_segment> of;
    std::size_t index = 0;
  };

  frame_archiving() = default;

  explicit frame_archiving(std::function<void(archive_entry)> hand_over) : hand_over_(std::move(hand_over)) {}

  /// A segment arrived, of a camera at this place.
  std::shared_ptr<open_segment> begin(const encoded_segment& video, const location& place,
                                      duration now) const;

  /// The teacher saw the frame. After the last of its frames a segment is kept, for the group that the camera
  /// is in.
  void labelled(const ticket& frame, const std::vector<label>& labels, group_id group) const;

  /// No teacher will see the frame.
  void given_up(const ticket& frame, group_id group) const;

  /// The camera joined a group, with its frames since it `drifted`.
  void joined(const camera_id& camera, group_id group, duration drifted) const;

 private:
  void keep(const ticket& frame, group_id group) const;

  std::function<void(archive_entry)> hand_over_;
};

} // namespace ecco
