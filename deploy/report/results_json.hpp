// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "deploy/report/results.hpp"

namespace ecco {

/// The results of a run as a JSON document: seed, policy, cameras[] (name, map_before, map_drifted,
/// map_recovered, seconds_to_recover, ...), groups[] (members[] with from and to, ...), gpu_seconds,
/// bytes_sent and more. Points in time are seconds since the start of the run; a number that is not known is
/// null. What each number means is said in results.hpp.
std::string to_json(const run_results& results);

/// Several runs, for comparison: {"runs": [...]}, each as above.
std::string to_json(std::span<const run_results> runs);

} // namespace ecco
