// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "deploy/report/results.hpp"

namespace ecco {

/// What systems made of the same drift and what it cost them, a row each (the paper's section 5.2): accuracy, response,
/// GPU time, bytes. Columns and what they mean; lines end in '\n'.
/// @param names one a run
std::string comparison_table(std::span<const run_results> runs, std::span<const std::string> names);

} // namespace ecco
