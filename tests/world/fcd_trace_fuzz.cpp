// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "runtime/world/fcd_trace.hpp"

/// Traces that are read must show sound people at any time; what is refused must say why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = ecco::world::fcd_trace::parse({reinterpret_cast<const char*>(data), size}, "t");
  if (!read) {
    if (read.error().what.empty())
      std::abort();
    return 0;
  }
  for (const double t : {0., .4, 7., 86'399.9}) {
    std::vector<ecco::world::vehicle> vehicles;
    std::vector<ecco::world::walker> people;
    (*read)->at(t, vehicles, people);
    for (const auto& one : vehicles)
      if (!(one.at.x * 0 == 0 && one.at.y * 0 == 0 && one.ahead.x * 0 == 0 && std::abs(one.acceleration) <= 10))
        std::abort();
  }
  for (const auto& one : (*read)->presences(1))
    if (const auto found = (*read)->vehicle_of(one.who, one.time + .001); found && !(found->at.x * 0 == 0))
      std::abort();
  return 0;
}
