// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/settings.hpp"
#include "runtime/policy/alarm_check.hpp"
#include "runtime/policy/drift_detector.hpp"

namespace ecco {

// What the settings mean to the decisions of runtime/policy.

/// A model that lost as much as would take a member out of its group has drifted: policy.drop decides both.
alarm_check_options alarm_check_of(const settings& from);

drift_detector_options drift_detector_of(const settings& from);

} // namespace ecco
