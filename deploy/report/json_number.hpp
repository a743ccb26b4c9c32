// SPDX-License-Identifier: Apache-2.0
// Private to the reports
#pragma once

#include <optional>

#include <nlohmann/json.hpp>

namespace ecco {

/// Four digits after the point, null for what is not known.
nlohmann::ordered_json json_number(double value);
nlohmann::ordered_json json_number(const std::optional<double>& value);

} // namespace ecco
