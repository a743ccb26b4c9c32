// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "messages/detection.hpp"
#include "messages/error.hpp"

namespace ecco {

/// Decodes one still picture: JPEG, PNG, WebP or BMP, told apart by their first bytes. Transparency is dropped,
/// a note on orientation is not followed: labels are drawn on the pixels as stored.
/// @returns `unsupported` for another format; `malformed_data` for what is damaged or ends too early, and for
///          more than 65535 pixels on a side or 2^27 in all.
result<image> decode_picture(std::span<const std::uint8_t> file);

/// The same from a file of at most 256 MiB. Errors begin with its path.
/// @returns also `not_found` and `io_failed`.
result<image> read_picture(const std::filesystem::path& file);

} // namespace ecco
