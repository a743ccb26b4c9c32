// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "messages/blob.hpp"
#include "messages/error.hpp"

namespace ecco {

/// What to do about a file that is there already.
enum class existing_file { keep, replace };

/// Says before long work whether `write_whole_file` would refuse.
result<void> check_target(const std::filesystem::path& file, existing_file what);

/// Writes all of a file or nothing: beside it under a name of its own, synced, then renamed into place.
/// @returns `io_failed`, also for a file that is to be kept.
result<void> write_whole_file(const std::filesystem::path& file, std::span<const std::uint8_t> data,
                              existing_file what);

/// Reads the weights of a student, or a trainer's checkpoint: at most 2 GiB.
/// @returns `not_found`, `io_failed`; `malformed_data` for more than that.
result<blob> read_weights(const std::filesystem::path& file);

} // namespace ecco
