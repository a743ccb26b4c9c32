// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "messages/error.hpp"

namespace ecco {

/// Writes a file that gnuplot reads. @returns `io_failed`
result<void> write_plot_file(const std::filesystem::path& path, const std::string& text);

/// Runs gnuplot once on `script` in `folder`, with the variable `kind` (svg or png) set; its complaints go to
/// gnuplot.log there. @returns `unsupported` when there is no gnuplot, `io_failed` when it failed.
result<void> run_gnuplot(const std::filesystem::path& folder, const std::string& script, const std::string& kind);

} // namespace ecco
