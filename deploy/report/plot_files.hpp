// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "deploy/report/results.hpp"

namespace ecco {

struct plot_file {
  std::string name, text;
};

/// The picture of a run as gnuplot needs it, pure: accuracy.tsv, drift.tsv, deployments.tsv and gpu.tsv are
/// the record (tab separated, times in seconds since the start), and run.gp draws them.
std::vector<plot_file> plot_files(const run_results& results);

} // namespace ecco
