// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "runtime/world/fcd_trace.hpp"

namespace ecco::world {

/// Does who drives at `at` see that district? In the tunnel only where it is dark and the mouths are far away.
bool is_deep_in(district where, vec2 at);

/// Which vehicles of a trace a camera rides on: in each district on one after the other, for as long as they stay. When
/// nobody is there the camera stands where the next one will come, or where the last one was; where nobody of the trace
/// ever comes it rides elsewhere.
class trace_rides {
 public:
  /// @param draw chooses among those who stay long
  /// @pre somebody drives in the trace
  trace_rides(const fcd_trace& in, std::uint64_t draw);

  vehicle at(district where, double t) const;

  /// Does anything with an engine drive in the trace?
  static bool are_there(const fcd_trace& in) { return !in.presences(0).empty(); }

 private:
  /// From `from` seconds after the trace began on; the vehicle is in the district from `comes` to `goes`.
  struct ride {
    double from = 0, comes = 0, goes = 0;
    std::uint32_t who = 0;
  };
  std::vector<ride> plan(const std::vector<fcd_trace::presence>& all, district where, std::uint64_t draw) const;

  const fcd_trace& trace_;
  std::array<std::vector<ride>, district_names.size()> rides_;
};

} // namespace ecco::world
