// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

#include "messages/status.hpp"

namespace ecco {

/// What is kept of a camera's statuses.
struct camera_tally {
  camera_status last;
  /// Over all incarnations of the camera, whose own count starts again at 0.
  std::uint64_t bytes_sent = 0;
};

/// All that results, picture and table are made from.
struct recorded_run {
  /// In order of arrival. `event::at` of all of them counts from one origin, the start of the run.
  std::deque<event> events;
  std::map<camera_id, camera_tally> cameras;
  /// Events that were forgotten because there were too many.
  std::uint64_t forgotten = 0;
};

/// Collects a run while it happens. Safe to use from several threads.
class run_record {
 public:
  /// Keeps the newest `most_events` events; five minutes of four cameras are about five thousand.
  explicit run_record(std::size_t most_events = 200'000) : most_events_(most_events) {}

  void append(event happened);
  void append(const camera_status& status);

  /// A copy of what has been recorded so far.
  recorded_run snapshot() const;

 private:
  const std::size_t most_events_;
  mutable std::mutex mutex_;
  recorded_run run_;
};

} // namespace ecco
