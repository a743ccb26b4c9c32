// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "deploy/report/plot.hpp"
#include "deploy/report/plot_files.hpp"
#include "deploy/report/profile_log.hpp"

namespace ecco {

/// The data and the script of a profile's picture, as the paper's Fig. 5: accuracy over frame rate, a line a
/// resolution, a panel a budget, and what the table takes circled: the best that sends no less than the budget below.
/// @pre `runs` is not empty
std::vector<plot_file> profile_plot_files(std::span<const profile_record> runs, const std::string& title);

/// Writes them into `folder`, which must exist, and draws profile.svg and profile.png. @returns as `draw` of a run
result<picture_files> draw_profile(std::span<const profile_record> runs, const std::string& title,
                                   const std::filesystem::path& folder);

} // namespace ecco
