// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ecco::world {

struct named_text {
  std::string name, text;
};

// Note [The city for SUMO]
// What SUMO needs to drive in a city, so that the trace it writes fits the drawn streets (Note [SUMO's traffic]):
//   city.nod.xml, city.edg.xml, city.con.xml, city.tll.xml   netconvert's plain XML
//   city.netccfg    netconvert -c city.netccfg makes city.net.xml of them
//   city.rou.xml    kinds of vehicles, and who drives and walks where
//   city.sumocfg    sumo -c city.sumocfg writes city.fcd.xml, the trace
// Coordinates are the city's. A street is, from its middle to the right, a lane for vehicles, one for bicycles, one to
// park on that nobody may enter, and a walk; lanes end at the drawn stop lines, crossings for people are the drawn
// ones, and signals are the city's to the millisecond. Nothing but the signals' shifts and the traffic depends on the
// seed. Other than in the city's own traffic vehicles turn left, too, after those who come towards them.

/// Seconds that are simulated before the trace begins, and those that it takes: whole cycles of the signals, so that
/// its vehicles stand at red when it is red in the city, in every repetition.
inline constexpr int sumo_warm_up = 240, sumo_seconds = 480;

/// The files of the city of `seed`.
std::vector<named_text> sumo_files(std::uint64_t seed);

} // namespace ecco::world
