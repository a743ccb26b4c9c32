// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "deploy/report/results.hpp"

namespace ecco::made {

/// What an event says besides its id; times in seconds.
struct said {
  std::string camera = {};
  std::uint32_t group = 0;
  std::string worker = {};
  window_number window = 0;
  double value = 0;
  std::string text = {};
};

event at(double seconds, std::string_view id, said what);

/// A reading of `accuracy.deployed`.
event reading(double seconds, std::string camera, double map50);

recorded_run run_of(std::vector<event> events);

/// A made-up run of five minutes like the demo's: north, yard and gate darken together at 1:30 and share a
/// group from which gate is later taken out; hall is blurred at 2:00. Deterministic.
recorded_run demo_like();
run_facts demo_facts();

} // namespace ecco::made
