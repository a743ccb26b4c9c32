// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/environment.hpp"

namespace ecco {

/// What may be done with an output.
struct terminal {
  /// People watch it: bars and redrawing make sense.
  bool interactive = false;
  bool colour = false;
  /// Characters a line, at least 20.
  int columns = 80;
};

/// True when colour is wanted: `NO_COLOR` (not empty) forbids it, else `CLICOLOR_FORCE` (not empty or 0)
/// demands it, else a terminal has it unless `TERM` is `dumb` or not set.
bool colour_allowed(bool is_terminal, const environment& outside);

/// Looks at an open descriptor, 1 or 2. The width is the terminal's, else `COLUMNS`, else 80.
terminal describe_terminal(int descriptor, const environment& outside);

} // namespace ecco
