// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

#include "messages/error.hpp"

namespace ecco {

/// Cameras that see the world in one condition.
struct condition_sources {
  /// Any word; empty for sources before the first heading.
  std::string condition;
  /// As a camera's `source` in the settings.
  std::vector<std::string> sources;

  friend bool operator==(const condition_sources&, const condition_sources&) = default;
};

/// Reads a list of sources, one a line, below headings of conditions: `[rain]`. `#` begins a comment, and blank lines
/// say nothing. A condition whose heading comes again goes on.
/// @param name stands for the list in errors
/// @returns `malformed_data` naming `name:line`; also for no source at all, or more than 10,000
result<std::vector<condition_sources>> read_source_list(std::istream& lines, const std::string& name);

/// The same from a file. @returns also `not_found`
result<std::vector<condition_sources>> read_source_list(const std::filesystem::path& file);

/// The sources of all conditions, one after another.
std::vector<std::string> all_sources(const std::vector<condition_sources>& list);

} // namespace ecco
