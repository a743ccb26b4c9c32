// SPDX-License-Identifier: Apache-2.0
// Private to runtime/store: what was written as JSON, read back with suspicion.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include "runtime/store/synced_file.hpp"

namespace ecco {

/// Thrown by what reads a file's JSON, and caught by `load_json`, as the library's own complaints are.
struct impossible {};

template <std::unsigned_integral T>
T number(const nlohmann::json& from) {
  if (!from.is_number_unsigned() || from.get<std::uint64_t>() > std::numeric_limits<T>::max())
    throw impossible{};
  return from.get<T>();
}

/// What `read` makes of the file's JSON, an empty one where there is no file.
/// @param hint what to do about a file that is not what was written
/// @returns `io_failed` when it cannot be read or is larger than `most` bytes, `malformed_data`
template <class T>
result<T> load_json(const std::filesystem::path& path, std::uintmax_t most, T (*read)(const nlohmann::json&),
                    const std::string& hint) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure))
    return T{};
  const auto text = read_file(path, most);
  if (!text)
    return fail(ec::io_failed, path.string() + " cannot be read");
  try {
    return read(nlohmann::json::parse(*text, nullptr, false));
  } catch (const nlohmann::json::exception&) {
    // said below
  } catch (const impossible&) {
    // likewise
  }
  return fail(ec::malformed_data, path.string() + " is not what was written", hint);
}

} // namespace ecco
