// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "deploy/report/results.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Where the picture of a run was written.
struct picture_files {
  std::filesystem::path svg, png;
};

/// Writes the run's data (accuracy.tsv, drift.tsv, deployments.tsv, gpu.tsv) and the script run.gp into
/// `folder`, which must exist. The data is the record of the picture; `gnuplot run.gp` draws it again.
result<void> write_plot_data(const run_results& results, const std::filesystem::path& folder);

/// `write_plot_data`, then runs gnuplot: run.svg and run.png, 1200x800. Above, accuracy over time, a line a
/// camera, with its drift and the models deployed to it; below, the GPU slices of each group.
/// @returns `unsupported` when there is no gnuplot, `io_failed` when it failed or a file could not be
/// written; what has
///          been written stays.
result<picture_files> draw(const run_results& results, const std::filesystem::path& folder);

} // namespace ecco
