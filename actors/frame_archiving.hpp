// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/store/frame_archive.hpp"

namespace ecco {

/// Brings together what a segment was and what the teacher says of its frames, one after the other, for the
/// archive that keeps them. Does nothing without one.
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

  /// @param failed hears why something could not be kept: once, until something can be again
  frame_archiving(std::shared_ptr<frame_archive> archive, std::function<void(const error&)> failed)
      : archive_(std::move(archive)), failed_(std::move(failed)) {}

  /// A segment arrived, of a camera at this place.
  std::shared_ptr<open_segment> begin(const encoded_segment& video, const location& place,
                                      duration now) const;

  /// The teacher saw the frame. After the last of its frames a segment is kept, for the group that the camera
  /// is in.
  void labelled(const ticket& frame, const std::vector<label>& labels, group_id group, duration now);

  /// No teacher will see the frame.
  void given_up(const ticket& frame, group_id group, duration now);

  /// The camera joined a group, with its frames of the last `since`.
  void joined(const camera_id& camera, group_id group, duration since);

 private:
  void keep(const ticket& frame, group_id group, duration now);
  void heed(const result<void>& kept);

  std::shared_ptr<frame_archive> archive_;
  std::function<void(const error&)> failed_;
  bool failing_ = false;
};

} // namespace ecco
