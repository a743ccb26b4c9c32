// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "messages/entry.hpp"

namespace ecco {

/// Reads a file of entries (messages/entry.hpp) from its beginning, one entry in memory at a time.
class entry_file {
 public:
  /// @returns `not_found` or `io_failed`
  static result<entry_file> open(const std::filesystem::path& path);

  /// The bytes of the next entry; none at the end of the file.
  /// @returns `malformed_data` for what is no entry and for the beginning of one (then it is `torn`),
  /// `io_failed`
  result<bytes> next();

  /// Bytes of an entry that was read before. @returns `io_failed`
  result<bytes> again(std::uint64_t offset, std::uint64_t size) const;

  /// Where the next entry begins.
  std::uint64_t offset() const { return offset_; }

  /// The file ends within an entry.
  bool torn() const { return torn_; }

  const std::filesystem::path& path() const { return path_; }

 private:
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  entry_file(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, closer> file_;
  std::uint64_t offset_ = 0;
  bool torn_ = false;
};

} // namespace ecco
