// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "deploy/experiment/experiment_results.hpp"

namespace ecco {

/// The results of systems that ran the same experiment, side by side, as text for people: a row a region and system,
/// what it cost, and what each number means. Says how it was learnt. Lines end in '\n'. Pure: the same results, the
/// same bytes.
std::string to_table(std::span<const experiment_result> systems);

/// How the experiment learns, for people: what of it is simulated.
std::string describe_learner(const std::string& learner);

} // namespace ecco
