// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "deploy/report/live_state.hpp"

namespace ecco {

/// What the terminal can show.
struct table_options {
  /// Cells; 66 to 120 are used, and at least 10 lines.
  int width = 80, height = 24;
  bool colour = false;
  /// False: ASCII only.
  bool unicode = true;
};

/// The state as at most `height` lines of at most `width` cells: cameras by group with accuracy, trend, drift
/// score, model and GPU share; whom the last micro-windows went to; the latest news. Pure.
std::vector<std::string> table_lines(const live_state& state, const table_options& options);

/// The state in one line, for where nothing can be redrawn: "accuracy: north 0.57 (+0.35), yard 0.55".
std::string summary_line(const live_state& state);

} // namespace ecco
