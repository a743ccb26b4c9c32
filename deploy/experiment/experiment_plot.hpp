// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "deploy/experiment/experiment_results.hpp"
#include "messages/error.hpp"

namespace ecco {

/// The data of the picture: system, seconds and mean mAP, tab separated, a block a system.
std::string course_data(std::span<const experiment_result> systems);

/// The gnuplot script that draws experiment.svg (or .png) from it: mean accuracy over time, a line a system.
std::string course_script(std::span<const experiment_result> systems);

/// Writes both into `folder` (experiment.tsv, experiment.gp) and draws the pictures.
/// @returns the PNG's path; as `run_gnuplot`. What has been written stays.
result<std::filesystem::path> draw(std::span<const experiment_result> systems, const std::filesystem::path& folder);

} // namespace ecco
