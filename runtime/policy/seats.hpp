// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>

#include "messages/grouping.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// A camera's place in a group, as it outlives the server. Spans are ages, for the server's clock starts over with it.
struct seat {
  group_id group;
  location place;
  /// How long ago its drift began, and until when it is known to have gone on.
  duration since{}, until{};
  /// Window in which it joined.
  window_number joined = 0;
  /// What its next test compares with, and the last reading; NaN when there was none.
  double accuracy = std::numeric_limits<double>::quiet_NaN(), latest = std::numeric_limits<double>::quiet_NaN();
};

/// Who learns with whom, as it outlives the server.
struct seating {
  /// The newest window that was closed: the count goes on from there.
  window_number window = 0;
  /// The lowest number that no group has had yet.
  std::uint32_t next_group = 1;
  std::map<camera_id, seat> seats;
};

} // namespace ecco
