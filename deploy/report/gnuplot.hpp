// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace ecco {

/// A string that gnuplot takes literally; control characters are left out.
std::string gnuplot_literal(std::string_view text);

/// The beginning of the script `name`.gp, which draws `name`.svg, or `name`.png when `kind` is "png"; in pixels.
std::string gnuplot_output(std::string_view name, std::size_t width, std::size_t height);

/// Runs the gnuplot script `script` once in `folder`, its variable `kind` set ("svg", "png"); its complaints go to
/// gnuplot.log there.
/// @returns `unsupported` when there is no gnuplot, `io_failed` when it failed
result<void> run_gnuplot(const std::filesystem::path& folder, const std::string& script, const std::string& kind);

} // namespace ecco
