// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/alarm_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "runtime/policy/drift.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

std::optional<std::string> refute_alarm(const sample_batch& since_alarm, const alarm_check_options& options) {
  const auto& frames = since_alarm.frames;
  if (frames.size() < options.least_frames)
    return std::nullopt;
  std::vector<frame_detections> seen;
  for (const auto& one : frames)
    seen.push_back({one.seen, one.labels, 0});
  const auto accuracy = average_precision(seen).map50;
  char text[96];
  if (std::isnan(accuracy)) {
    if (std::any_of(frames.begin(), frames.end(), [](const auto& one) { return observe(one.seen).count > 0; }))
      return std::nullopt;
    std::snprintf(text, sizeof text, "neither its model nor the teacher sees anything in %zu frames", frames.size());
    return text;
  }
  if (since_alarm.usual < options.least_usual || accuracy < (1 - options.drop) * since_alarm.usual)
    return std::nullopt;
  std::snprintf(text, sizeof text, "its model still scores %.2f on %zu frames, usually %.2f", accuracy, frames.size(),
                since_alarm.usual);
  return text;
}

} // namespace ecco
