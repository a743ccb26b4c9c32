// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "messages/error.hpp"

namespace ecco {

/// Runs the gnuplot script `script` once in `folder`, its variable `kind` set ("svg", "png"); its complaints go to
/// gnuplot.log there.
/// @returns `unsupported` when there is no gnuplot, `io_failed` when it failed
result<void> run_gnuplot(const std::filesystem::path& folder, const std::string& script, const std::string& kind);

} // namespace ecco
