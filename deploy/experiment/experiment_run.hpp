// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "deploy/experiment/experiment_results.hpp"
#include "deploy/experiment/virtual_fleet.hpp"

namespace ecco {

/// Who watches an experiment. Any of them may be empty.
struct experiment_watch {
  /// Every event, as it happens.
  std::function<void(const event&)> on_event;
  /// Once a second of virtual time; false ends the experiment here.
  std::function<bool(duration virtual_time)> go_on;
  /// Every message.
  std::shared_ptr<tap> through;
};

/// Can this experiment be run at all? @returns `invalid_argument` when nobody would train
result<void> check_experiment(const settings& from);

/// Runs one system's actors on `parts` in virtual time, on this thread, until the experiment's length has passed.
/// The same settings and parts give the same result, and the same events, to the bit.
/// @returns why it could not begin or go on
result<experiment_result> run_experiment(const settings& from, virtual_parts parts, const experiment_watch& watch);

} // namespace ecco
