// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>

#include "messages/error.hpp"

namespace ecco {

struct picture_extent {
  std::uint32_t width = 0, height = 0;

  friend bool operator==(const picture_extent&, const picture_extent&) = default;
};

/// The size that a JPEG or PNG claims in its first bytes; no pixel is decoded.
/// @returns `unsupported` for another format, `malformed_data` for one that ends before it says, or of no pixels.
result<picture_extent> picture_size(std::istream& file);

/// The same of a file; errors begin with its path. @returns also `not_found` and `io_failed`.
result<picture_extent> picture_size(const std::filesystem::path& file);

} // namespace ecco
