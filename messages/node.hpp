// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/grouping.hpp"
#include "messages/model.hpp"
#include "messages/plan.hpp"

namespace ecco {

/// camera node -> reception: one camera introduces itself. Answered by `camera_welcome`.
struct camera_hello {
  camera_id camera;
  incarnation process;
  location place;
  /// What it runs already, after a reconnect.
  model_ref model;

  friend bool operator==(const camera_hello&, const camera_hello&) = default;
};

/// reception -> camera node: where to send video and how much of it.
struct camera_welcome {
  std::string media_host;
  std::uint16_t media_port = 0;
  /// First bytes on the media link; binds the connection to this camera and incarnation.
  std::uint64_t media_token = 0;
  sampling_plan plan;
  /// Student architecture, such as `yolo11n`, and its input size.
  std::string student;
  std::uint16_t input_width = 0, input_height = 0;
  std::vector<std::string> classes;

  friend bool operator==(const camera_welcome&, const camera_welcome&) = default;
};

/// worker node -> reception: one device offers itself. Answered by `worker_welcome`.
struct worker_hello {
  worker_id worker;
  incarnation process;
  std::string device;

  friend bool operator==(const worker_hello&, const worker_hello&) = default;
};

/// reception -> worker node: what the device must be able to train and to label with.
struct worker_welcome {
  std::string student;
  std::uint16_t input_width = 0, input_height = 0;
  std::vector<std::string> classes;
  std::string teacher;

  friend bool operator==(const worker_welcome&, const worker_welcome&) = default;
};

/// One part of an encoded message too large for a single frame of the actor network.
struct chunk {
  /// Chosen by the sender, unique on its link.
  std::uint64_t transfer = 0;
  std::uint64_t offset = 0, total = 0;
  /// CRC-32 of the whole message.
  std::uint32_t crc = 0;
  bytes part;

  friend bool operator==(const chunk&, const chunk&) = default;
};

/// Everything up to `offset` has arrived: the credit to send more.
struct chunk_ack {
  std::uint64_t transfer = 0;
  std::uint64_t offset = 0;

  friend bool operator==(const chunk_ack&, const chunk_ack&) = default;
};

} // namespace ecco
