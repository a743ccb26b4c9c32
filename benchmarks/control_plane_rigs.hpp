// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace ecco {

/// Cameras of a fleet of `cameras`, ten to a group.
inline constexpr std::uint32_t cameras_a_group = 10;

/// What `cameras` cameras cost the control plane. Times are in seconds of this machine, one a sample.
struct control_plane_costs {
  std::uint32_t cameras = 0;
  /// The allocator hears what a micro-window achieved, and grants the next one.
  std::vector<double> grants;
  /// From a camera's request until it has its answer, with everything that actors do about it in between; frames are
  /// scored by nobody.
  std::vector<double> placings;
  /// Resident bytes that one more camera costs: its own actor, its ingest, and what others keep of it. Just welcomed,
  /// and after two minutes of probes.
  double bytes_welcomed = 0, bytes_idle = 0;
  /// Camera statuses that telemetry takes in a second.
  double statuses_a_second = 0;
};

/// Real: allocator, telemetry, group jobs, GPU workers on the learning curve. Simulated: a grouper that settles a
/// window at once. `samples` micro-windows are measured after two windows.
std::vector<double> measure_grants(std::uint32_t cameras, std::size_t samples);

/// Real: grouper, model store, telemetry, group jobs. Simulated: cameras and their ingest, and a device that scores at
/// once. The last `samples` of all cameras' requests are measured.
std::vector<double> measure_placings(std::uint32_t cameras, std::size_t samples);

/// Real: telemetry, on a live scheduler of one thread, with one other thread that sends.
double measure_statuses(std::uint32_t cameras, std::size_t messages);

/// Real: a whole server and its cameras, in virtual time; pictures are shared. In a process of its own.
void measure_memory(control_plane_costs& of);

} // namespace ecco
