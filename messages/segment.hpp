// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "messages/detection.hpp"

namespace ecco {

/// What a camera knows of one frame inside a segment.
struct frame_note {
  duration media_time{};
  /// The student's detections on the uncompressed frame: the server scores the deployed model with
  /// them against the teacher's labels, before the frame is ever trained on.
  std::vector<detection> seen;
  std::uint32_t seen_by = 0;

  friend bool operator==(const frame_note&, const frame_note&) = default;
};

/// About one second of encoded video: what travels on the media link. Decodable by itself.
struct encoded_segment {
  camera_id camera;
  /// Counts from 0 in each incarnation of the camera; a repeated number is the same segment.
  std::uint64_t sequence = 0;
  incarnation source;
  /// All frames of a segment have this one role.
  sample_role role = sample_role::train;
  /// libavcodec's name of the codec: "h264", "mpeg4".
  std::string codec;
  std::uint16_t width = 0, height = 0;
  /// One note a frame, in display order.
  std::vector<frame_note> frames;
  /// The packets in decoding order, as an elementary stream with parameter sets in band.
  blob stream;

  friend bool operator==(const encoded_segment&, const encoded_segment&) = default;
};

} // namespace ecco
