// SPDX-License-Identifier: Apache-2.0
// Private to runtime/store: files that are there completely or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "messages/blob.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Writes until all is written, or the system takes no more: `errno` then says why. @returns bytes written
std::size_t write_all(int file, std::span<const std::uint8_t> data);

/// Writes `data` and waits until the disk has it. @returns `io_failed` naming the file
result<void> write_synced(const std::filesystem::path& path, std::span<const std::uint8_t> data);

/// Puts a file of this text in place of the one there, which stays as it is on error. @returns `io_failed`
result<void> replace_file(const std::filesystem::path& path, std::string_view text);

/// Makes a rename last: the folder's own entry must reach the disk.
void sync_folder(const std::filesystem::path& folder);

/// Nothing when it cannot be read, or is larger than `limit` bytes.
std::optional<bytes> read_file(const std::filesystem::path& path, std::uintmax_t limit);

} // namespace ecco
