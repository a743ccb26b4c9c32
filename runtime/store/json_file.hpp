// SPDX-License-Identifier: Apache-2.0
// Private to runtime/store: what was written as JSON, read back with suspicion.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "runtime/store/keeper.hpp"
#include "runtime/store/synced_file.hpp"

namespace ecco {

/// Thrown by what reads a file's JSON, and caught by `json_keeper`, as the library's own complaints are.
struct impossible {};

template <std::unsigned_integral T>
T number(const nlohmann::json& from) {
  if (!from.is_number_unsigned() || from.get<std::uint64_t>() > std::numeric_limits<T>::max())
    throw impossible{};
  return from.get<T>();
}

/// Keeps a `T` in a file of JSON. A file that is larger than `most` bytes is refused unread.
template <class T>
class json_keeper final : public keeper<T> {
 public:
  using reader = T (*)(const nlohmann::json&);
  using writer = nlohmann::json (*)(const T&);

  /// @param hint what to do about a file that is not what was written
  json_keeper(std::filesystem::path file, std::uintmax_t most, reader read, writer write, std::string hint)
      : file_(std::move(file)), most_(most), read_(read), write_(write), hint_(std::move(hint)) {}

  result<T> load() override {
    std::error_code failure;
    if (!std::filesystem::exists(file_, failure))
      return T{};
    const auto text = read_file(file_, most_);
    if (!text)
      return fail(ec::io_failed, file_.string() + " cannot be read");
    try {
      return read_(nlohmann::json::parse(*text, nullptr, false));
    } catch (const nlohmann::json::exception&) {
      // said below
    } catch (const impossible&) {
      // likewise
    }
    return fail(ec::malformed_data, file_.string() + " is not what was written", hint_);
  }

  result<void> save(const T& now) override { return replace_file(file_, write_(now).dump() + "\n"); }

 private:
  std::filesystem::path file_;
  std::uintmax_t most_;
  reader read_;
  writer write_;
  std::string hint_;
};

} // namespace ecco
