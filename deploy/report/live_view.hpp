// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>

#include "deploy/report/live_state.hpp"
#include "deploy/report/live_table.hpp"

namespace ecco {

/// Shows a run while it happens: on a terminal a table redrawn in place, elsewhere a line for each piece of
/// news and a summary every five seconds. For one thread. Nothing else may write to the same terminal
/// meanwhile.
class live_view {
 public:
  /// @param out         stays open as long as the view lives
  /// @param on_terminal true: `out` is one, and redrawing is wanted
  /// @param options     width and height are asked of the terminal at each redraw, where it tells
  live_view(std::FILE* out, bool on_terminal, table_options options);

  /// What is shown; title and cameras may be set before the start.
  live_state& state() { return state_; }

  void append(const event& happened);
  void append(const camera_status& status);

  /// To be called regularly, a few times a second. @param now seconds since the start of the run
  void tick(double now);

 private:
  void redraw();

  std::FILE* out_;
  bool on_terminal_;
  table_options options_;
  live_state state_;
  std::size_t lines_drawn_ = 0;
  double next_summary_ = 5;
};

} // namespace ecco
