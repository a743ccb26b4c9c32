// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "config/settings.hpp"
#include "messages/error.hpp"
#include "runtime/policy/sampling_file.hpp"

namespace ecco {

/// Reads a file of sampling tables.
/// @returns `not_found`, `io_failed`, or as `parse_sampling_tables`
result<sampling_tables> read_sampling_tables(const std::filesystem::path& file);

/// Those that the settings name, if they name any. @returns as `read_sampling_tables`
result<sampling_tables> sampling_tables_of(const sampling_settings& from);

/// Writes them, all or nothing, in place of what is there.
/// @returns `io_failed`
result<void> write_sampling_tables(const std::filesystem::path& file, const sampling_tables& tables);

} // namespace ecco
