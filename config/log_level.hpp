// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// How much a line of the log matters. A log set to one level shows that level and those after it.
enum class log_level : std::uint8_t {
  /// For whoever reads the code.
  debug = 0,
  /// What an operator wants to know on a good day.
  info = 1,
  /// Something was lost or refused, and ecco carries on.
  warn = 2,
  /// Something asked for will not happen.
  error = 3,
};

} // namespace ecco
