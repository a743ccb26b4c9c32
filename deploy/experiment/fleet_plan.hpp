// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// From `at` on, a simulated camera sees condition number `condition`.
struct planned_change {
  duration at{};
  std::uint8_t condition = 0;
  /// The experiment's word for it.
  std::string shows;

  friend bool operator==(const planned_change&, const planned_change&) = default;
};

struct planned_camera {
  camera_id name;
  region_id region;
  location place;
  /// In ascending order; before the first it sees condition 0, which the first student knows.
  std::vector<planned_change> changes;
  /// By how much its pictures lag behind the whole second, less than one picture's time.
  duration phase{};
  /// Of its student's errors.
  std::uint64_t seed = 0;

  /// The condition it sees at a moment of its stream.
  std::uint8_t condition_at(duration stream_time) const;

  friend bool operator==(const planned_camera&, const planned_camera&) = default;
};

/// The cameras of the experiment's regions, where and when, drawn from the seed. Each camera draws for itself: one more
/// in a region changes nothing for the others. Pure.
/// @pre validate(from)
std::vector<planned_camera> plan_fleet(const settings& from);

} // namespace ecco
