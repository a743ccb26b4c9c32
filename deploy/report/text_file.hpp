// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "messages/error.hpp"

namespace ecco {

/// Writes a file anew. @returns `io_failed`
result<void> write_text(const std::filesystem::path& path, const std::string& text);

/// Makes a folder, and those it lies in, unless it is there. @returns `io_failed`
result<void> make_folder(const std::filesystem::path& folder);

} // namespace ecco
