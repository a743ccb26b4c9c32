// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/entry_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include <unistd.h>

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// The longest segment table that `entry_bytes` takes.
constexpr std::size_t most_table_bytes = 4 * 513 + 4;
constexpr std::size_t step_bytes = 1u << 20;

std::string reason() {
  return std::strerror(errno);
}

} // namespace

result<entry_file> entry_file::open(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return fail(ec::not_found, path.string() + " does not exist");
  if (!fs::is_regular_file(path, ignored))
    return fail(ec::io_failed, path.string() + " is not a file");
  auto* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr)
    return fail(ec::io_failed, path.string() + " cannot be opened: " + reason());
  return entry_file{path, file};
}

result<bytes> entry_file::next() {
  bytes entry;
  std::size_t wanted = 8;
  const auto fill = [&] {
    // Grows with what is there, not with what is announced.
    while (entry.size() < wanted) {
      const auto had = entry.size();
      entry.resize(std::min(wanted, had + step_bytes));
      const auto got = std::fread(entry.data() + had, 1, entry.size() - had, file_.get());
      entry.resize(had + got);
      if (got == 0)
        return false;
    }
    return true;
  };
  while (fill()) {
    const auto size = entry_bytes(entry);
    if (!size)
      return tl::unexpected<error>{size.error()};
    if (*size && **size == entry.size()) {
      offset_ += entry.size();
      return entry;
    }
    wanted = *size ? **size : std::min(wanted + 8, most_table_bytes);
  }
  if (std::ferror(file_.get()))
    return fail(ec::io_failed, "cannot be read: " + reason());
  if (entry.empty())
    return bytes{};
  torn_ = true;
  return fail(ec::malformed_data,
              "it was cut short: " + std::to_string(entry.size()) + " bytes of an entry of "
                  + (wanted > 8 ? std::to_string(wanted) : "8 or more") + " are there",
              "the process that wrote it was killed, or the file was not copied to its end");
}

result<bytes> entry_file::again(std::uint64_t offset, std::uint64_t size) const {
  bytes entry(size);
  const auto got = ::pread(::fileno(file_.get()), entry.data(), entry.size(), static_cast<off_t>(offset));
  if (got != static_cast<ssize_t>(entry.size()))
    return fail(ec::io_failed, path_.string() + " cannot be read again: " + reason());
  return entry;
}

} // namespace ecco
