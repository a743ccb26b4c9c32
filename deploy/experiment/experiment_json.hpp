// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "deploy/experiment/experiment_results.hpp"

namespace ecco {

/// One system's results as a JSON object: system, learner, seed, regions[], all, gpu_seconds, course and more, as
/// experiment_results.hpp has them. Points in time are seconds of virtual time; a number that is not known is null.
std::string to_json(const experiment_result& of);

/// {"systems": [...]}, each as above.
std::string to_json(std::span<const experiment_result> systems);

} // namespace ecco
