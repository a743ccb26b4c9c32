// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/json_number.hpp"

#include <cmath>

namespace ecco {

nlohmann::ordered_json json_number(double value) {
  if (!std::isfinite(value))
    return nullptr;
  return std::round(value * 1e4) / 1e4;
}

nlohmann::ordered_json json_number(const std::optional<double>& value) {
  return value ? json_number(*value) : nullptr;
}

} // namespace ecco
