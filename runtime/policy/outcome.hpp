// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "messages/model.hpp"
#include "runtime/policy/allocation_rule.hpp"

namespace ecco {

/// What a micro-window did for a job: means over the cameras that have a score both before and after, so that
/// a camera that came, went, or had no objects does not look like learning (decision 23). The standard error
/// is that of the mean after, as of independent cameras; on the same frames the difference errs less.
/// @returns NaN for both accuracies when there is no such camera
micro_window_outcome outcome_of(std::span<const camera_score> before, std::span<const camera_score> after);

} // namespace ecco
