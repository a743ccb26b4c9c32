// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/run_record.hpp"

#include <utility>

namespace ecco {

void run_record::append(event happened) {
  std::lock_guard guard{mutex_};
  run_.events.push_back(std::move(happened));
  if (run_.events.size() > most_events_) {
    run_.events.pop_front();
    ++run_.forgotten;
  }
}

void run_record::append(const camera_status& status) {
  std::lock_guard guard{mutex_};
  auto& tally = run_.cameras[status.camera];
  const auto before = tally.last.bytes_sent;
  const bool restarted = status.bytes_sent < before;
  tally.bytes_sent += restarted ? status.bytes_sent : status.bytes_sent - before;
  tally.last = status;
}

recorded_run run_record::snapshot() const {
  std::lock_guard guard{mutex_};
  return run_;
}

} // namespace ecco
