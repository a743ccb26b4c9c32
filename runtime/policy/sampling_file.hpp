// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "runtime/policy/sampling_table.hpp"

namespace ecco {

/// The tables of a fleet: of cameras that were profiled, and of all others by the way they move.
struct sampling_tables {
  std::optional<sampling_table> stationary, mobile;
  std::map<camera_id, sampling_table> cameras;

  friend bool operator==(const sampling_tables&, const sampling_tables&) = default;
};

/// Reads what `to_yaml` writes, as YAML or JSON:
///
///     sampling_table: 1
///     stationary: {levels: [{pixels_per_second: 150000, fps: 0.5, size: 640x384}]}
///     mobile: {label_part: 0.25, levels: [...]}
///     cameras: {north_gate: {levels: [...]}}
///
/// @param name stands for the file in errors.
/// @returns `malformed_data` for what is not YAML, `invalid_argument` for all else, with the place: "tables.yaml:3:5:
/// ...".
result<sampling_tables> parse_sampling_tables(std::string_view text, const std::string& name);

/// Writes tables as `parse_sampling_tables` reads them.
std::string to_yaml(const sampling_tables& tables);

} // namespace ecco
