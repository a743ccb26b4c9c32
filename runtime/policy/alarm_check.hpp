// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "messages/training.hpp"

namespace ecco {

struct alarm_check_options {
  /// A model that keeps more than `1 - drop` of its usual accuracy has not drifted (Algorithm 2's p).
  double drop = 0.2;
  /// A model that was never better than this cannot prove an alarm false.
  double least_usual = 0.2;
  /// Nor can fewer frames.
  std::uint32_t least_frames = 4;
};

/// A camera's own drift test sees only that its student is less sure, or sees less: people may simply have gone home.
/// The teacher's labels tell. Pure.
/// @param since_alarm labelled frames from after the alarm, with what the camera's model saw in them, and `usual`.
/// @returns why the alarm is false: the model is as good as usual, or sees nothing where the teacher sees nothing
///          either; nothing when it may be true.
std::optional<std::string> refute_alarm(const sample_batch& since_alarm, const alarm_check_options& options);

} // namespace ecco
