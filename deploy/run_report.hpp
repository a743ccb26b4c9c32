// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <vector>

#include "config/settings.hpp"
#include "deploy/report/results.hpp"
#include "messages/error.hpp"

namespace ecco {

/// What a run's results need to know of its settings.
run_facts facts_of(const settings& from);

/// A server needs a first student: from a file, or from the bootstrap.
result<void> check_first_student(const settings& from);

/// Prints the table of `runs` (policies side by side) and where things are to `out`, writes result.json and the pictures into `folder`, one
/// subfolder a policy when there are several, and the JSON once more to `json_file` when it is named.
result<void> write_report(const std::vector<run_results>& runs, const std::filesystem::path& folder,
                          const std::filesystem::path& json_file, std::FILE* out);

} // namespace ecco
