// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "deploy/report/results.hpp"

namespace ecco {

/// The results as text for people, 80 columns: a row a camera, the groups, what it cost, and what each number
/// means. Several runs (policies) are set side by side. Lines end in '\n'.
std::string to_table(std::span<const run_results> runs);

} // namespace ecco
