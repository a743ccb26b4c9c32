// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/as_clock.hpp"

#include <cmath>

#include <fmt/format.h>

namespace ecco {

std::string as_clock(double seconds) {
  const auto whole = static_cast<long>(std::floor(seconds));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

} // namespace ecco
