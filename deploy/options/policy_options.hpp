// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "config/settings.hpp"
#include "runtime/policy/alarm_check.hpp"
#include "runtime/policy/deploy_gate.hpp"
#include "runtime/policy/drift_detector.hpp"
#include "runtime/policy/zoo.hpp"

namespace ecco {

// What the settings mean to the decisions of runtime/policy.

/// A model that lost as much as would take a member out of its group has drifted: policy.drop decides both.
alarm_check_options alarm_check_of(const settings& from);

drift_detector_options drift_detector_of(const settings& from);

gate_options gate_of(const settings& from);

/// When deployed models are measured once more; nothing when they are not.
std::optional<gate_options> second_looks_of(const settings& from);

zoo_options zoo_of(const settings& from);

/// Held-out frames from before its drift that a camera takes along, to be measured on.
std::size_t held_out_before_drift_of(const settings& from);

} // namespace ecco
