// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "messages/recording.hpp"
#include "runtime/store/entry_file.hpp"

namespace ecco {

/// A recording is not let grow beyond this.
inline constexpr std::uint64_t default_recording_bytes = std::uint64_t{16} << 30;

/// Writes a recording (messages/recording.capnp). Until it is finished it stands beside its name, as FILE.part: a file
/// of that name is always whole. Each record is handed to the operating system at once, so that of a process that is
/// killed everything said before is there; it is not synced to the disk, so that of a machine that loses power it may
/// not be. For one thread at a time.
class recording_writer {
 public:
  /// @returns `invalid_argument` when `path` or its .part is there already, `io_failed` when it cannot be made.
  static result<std::unique_ptr<recording_writer>> create(const std::filesystem::path& path,
                                                          const recording_header& header,
                                                          std::uint64_t most_bytes = default_recording_bytes);
  ~recording_writer();
  recording_writer(const recording_writer&) = delete;
  recording_writer& operator=(const recording_writer&) = delete;

  /// Numbers `record` and appends it, and the blobs that it is the first to need. Once the recording is full it is
  /// finished, and what is appended is dropped.
  /// @returns `io_failed` once when the disk does not take it: the recording ends there, unfinished.
  result<void> append(recorded_message& record);

  /// Writes the end and gives the file its name. A recording that cannot be is left as FILE.part.
  result<void> finish(const std::string& why = "stopped");

  std::uint64_t records() const { return records_; }
  bool is_open() const { return file_ >= 0; }
  const std::filesystem::path& path() const { return path_; }

 private:
  recording_writer(std::filesystem::path path, int file, std::uint64_t most_bytes)
      : path_(std::move(path)), file_(file), most_bytes_(most_bytes) {}

  result<void> write(const bytes& entry);

  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t most_bytes_;
  std::uint64_t written_ = 0, records_ = 0;
  std::set<std::string> stored_;
};

/// What to do about the blobs of a message that is read.
enum class recording_blobs : bool {
  /// They are of the right size, and zeros: for who only looks.
  sized,
  /// They are read from where they are stored.
  whole
};

/// Reads a recording from its beginning, one record at a time: memory grows only by the places of the stored blobs.
class recording_reader {
 public:
  /// Also reads FILE.part of one that is not finished, when there is no FILE.
  /// @returns `not_found` or `io_failed`, and what is wrong with its header.
  static result<recording_reader> open(const std::filesystem::path& path,
                                       recording_blobs blobs = recording_blobs::sized);

  const recording_header& header() const { return header_; }

  /// The next record; nothing after the last.
  /// @returns `malformed_data` or `unsupported` with the offset in bytes of the entry that is bad; the same ever after.
  result<std::optional<recorded_message>> next();

  /// How it ended; nothing when the process that made it was killed. Known after the last record.
  const std::optional<recording_end>& end() const { return end_; }

  std::uint64_t records() const { return records_; }

 private:
  struct stored {
    std::uint64_t offset = 0, entry_bytes = 0, size = 0;
  };

  recording_reader(entry_file file, recording_blobs blobs) : file_(std::move(file)), blobs_(blobs) {}

  /// @param offset where the entry began @param size its bytes
  result<std::optional<recorded_message>> take(recording_entry entry, std::uint64_t offset, std::uint64_t size);
  result<bytes> find_blob(const std::string& sha256, std::uint64_t size);
  tl::unexpected<error> bad(const error& why, std::uint64_t offset);

  entry_file file_;
  recording_blobs blobs_;
  recording_header header_;
  bool begun_ = false;
  std::uint64_t records_ = 0;
  std::map<std::string, stored> known_;
  std::optional<recording_end> end_;
  std::optional<error> failure_;
};

} // namespace ecco
