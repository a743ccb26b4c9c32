// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "messages/kept_frames.hpp"
#include "runtime/store/entry_file.hpp"

namespace ecco {

/// The files of a folder that `frame_archive` wrote, the oldest first. @returns `io_failed`
result<std::vector<std::filesystem::path>> kept_frame_files(const std::filesystem::path& folder);

/// Reads what a `frame_archive` kept, the oldest first, one entry in memory at a time; also while a server
/// adds to it. The half of an entry at a file's end is not there. An entry that is damaged is left out, and
/// so is what cannot be told apart behind it, or stands behind a header that is damaged.
class kept_frames_reader {
 public:
  /// @returns `not_found` when `folder` holds no such file, `io_failed`
  static result<kept_frames_reader> open(const std::filesystem::path& folder);
  /// Just these.
  static kept_frames_reader of(std::vector<std::filesystem::path> files) {
    return kept_frames_reader{std::move(files)};
  }

  /// The next entry: a segment, whose labels are of the file's classes, or a joining. Nothing after the last.
  std::optional<std::variant<labelled_segment, kept_joining>> next();

  /// Names of the classes of the file that the last entry was in.
  const std::vector<std::string>& classes() const { return header_.classes; }

  /// What was left out so far: each names a file and the byte where it is damaged.
  const std::vector<error>& faults() const { return faults_; }

  /// Of the first frame that is not there yet, by what was read so far.
  std::uint64_t next_number() const { return next_number_; }

 private:
  explicit kept_frames_reader(std::vector<std::filesystem::path> files)
      : files_(files.begin(), files.end()) {}

  /// Nothing at the end of the file, or of what is good of it.
  std::optional<kept_entry> next_of_file();
  void leave_out(const error& why, std::uint64_t offset);
  /// Is it what may stand here? @returns `malformed_data`
  result<void> check(const kept_entry& entry) const;

  std::deque<std::filesystem::path> files_;
  std::optional<entry_file> file_;
  /// The first entry of the file was read.
  bool begun_ = false;
  kept_header header_;
  std::uint64_t next_number_ = 1;
  std::vector<error> faults_;
};

} // namespace ecco
