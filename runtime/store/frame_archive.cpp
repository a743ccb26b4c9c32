// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/frame_archive.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "runtime/store/kept_frames_reader.hpp"
#include "runtime/store/synced_file.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// A file is at most so much of all the room, which is what goes at once when there is none left, and so many
/// bytes, which is what is read when a server starts.
constexpr std::uint64_t files_at_least = 8, most_file_bytes = 64u << 20;
/// Frames that a damaged file may have had behind what can be read of it: their numbers are not given again.
constexpr std::uint64_t unread_numbers = 1u << 20;

std::string reason() {
  return std::strerror(errno);
}

class folder_archive final : public frame_archive {
 public:
  folder_archive(fs::path folder, frame_archive_options options)
      : folder_(std::move(folder)), options_(std::move(options)) {}

  ~folder_archive() override { close(); }

  /// Learns what is there from earlier processes.
  result<void> begin();

  result<void> keep(labelled_segment segment, duration age) override {
    const std::lock_guard<std::mutex> alone{mutex_};
    const auto frames = segment.labels.size();
    segment.first = next_number_;
    segment.arrived = before_now(age);
    auto written = append(encode_entry(segment));
    if (written)
      next_number_ += frames;
    return written;
  }

  result<void> joined(const camera_id& camera, group_id group, duration since) override {
    const std::lock_guard<std::mutex> alone{mutex_};
    return append(encode_entry(kept_joining{camera, group, before_now(since), before_now({})}));
  }

 private:
  struct kept_file {
    std::uint32_t number = 0;
    std::uint64_t bytes = 0;
  };

  duration before_now(duration age) const { return std::max(duration{}, options_.wall_clock() - age); }

  fs::path path_of(std::uint32_t number) const {
    char name[24];
    std::snprintf(name, sizeof name, "%08u.frames", number);
    return folder_ / name;
  }

  result<void> append(const bytes& entry);
  /// Begins a file for an entry of so many bytes.
  result<void> open_next(std::uint64_t for_entry);
  /// Removes the oldest files until so many bytes more fit, but never the one that is written.
  void make_room(std::uint64_t bytes);
  result<void> write(const bytes& data);
  void add(std::uint64_t bytes) {
    files_.back().bytes += bytes;
    total_ += bytes;
  }
  void close() {
    if (file_ >= 0)
      ::close(std::exchange(file_, -1));
  }

  fs::path folder_;
  frame_archive_options options_;
  std::mutex mutex_;
  /// The oldest first; while `file_` is open, the last is that one.
  std::deque<kept_file> files_;
  /// Bytes of them all.
  std::uint64_t total_ = 0;
  int file_ = -1;
  std::uint32_t last_file_ = 0;
  std::uint64_t next_number_ = 1;
};

result<void> folder_archive::begin() {
  const auto there = kept_frame_files(folder_);
  if (!there)
    return tl::unexpected{there.error()};
  std::error_code failure;
  for (const auto& path : *there) {
    const auto stem = path.stem().string();
    std::from_chars(stem.data(), stem.data() + stem.size(), last_file_);
    const auto size = fs::file_size(path, failure);
    files_.push_back({last_file_, failure ? 0 : size});
  }
  for (const auto& one : files_)
    total_ += one.bytes;
  // Frames keep their numbers: the newest file that says something knows how far they are.
  for (auto path = there->rbegin(); path != there->rend(); ++path) {
    auto reader = kept_frames_reader::of({*path});
    while (reader.next())
      ;
    next_number_ =
        std::max(next_number_, reader.next_number() + (reader.faults().empty() ? 0 : unread_numbers));
    if (!reader.classes().empty())
      break;
  }
  make_room(0);
  return {};
}

void folder_archive::make_room(std::uint64_t bytes) {
  while (!files_.empty() && total_ + bytes > options_.most_bytes) {
    if (file_ >= 0 && files_.size() == 1)
      return;
    std::error_code failure;
    fs::remove(path_of(files_.front().number), failure);
    total_ -= files_.front().bytes;
    files_.pop_front();
  }
}

result<void> folder_archive::append(const bytes& entry) {
  if (file_ >= 0
      && files_.back().bytes + entry.size() > std::min(options_.most_bytes / files_at_least, most_file_bytes))
    close();
  if (file_ < 0)
    if (auto opened = open_next(entry.size()); !opened)
      return opened;
  make_room(entry.size());
  return write(entry);
}

result<void> folder_archive::open_next(std::uint64_t for_entry) {
  const auto header =
      encode_entry(kept_header{kept_frames_version, options_.program, options_.classes, next_number_});
  if (header.size() + for_entry > options_.most_bytes)
    return fail(ec::invalid_argument,
                "a segment of " + std::to_string(for_entry) + " bytes is more than the "
                    + std::to_string(options_.most_bytes) + " bytes there are for frames",
                "raise server.keep_frames");
  make_room(header.size() + for_entry);
  const auto path = path_of(last_file_ + 1);
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0)
    return fail(ec::io_failed, path.string() + " cannot be made: " + reason(),
                "is another server using this folder?");
  files_.push_back({++last_file_, 0});
  auto written = write(header);
  if (!written) { // or a full disk would be filled with beginnings
    std::error_code ignored;
    fs::remove(path, ignored);
    total_ -= files_.back().bytes;
    files_.pop_back();
  }
  return written;
}

result<void> folder_archive::write(const bytes& data) {
  const auto done = write_all(file_, data);
  const auto why = reason();
  add(done);
  if (done == data.size())
    return {};
  close(); // half an entry ends a file: the next one begins another
  return fail(ec::io_failed, path_of(last_file_).string() + " cannot be written: " + why, "is the disk full?");
}

} // namespace

result<std::shared_ptr<frame_archive>> open_frame_archive(const fs::path& folder,
                                                          frame_archive_options options) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure)
    return fail(ec::io_failed, folder.string() + " cannot be made: " + failure.message(), "set server.state");
  auto out = std::make_shared<folder_archive>(folder, std::move(options));
  if (auto begun = out->begin(); !begun)
    return tl::unexpected{begun.error()};
  return out;
}

} // namespace ecco
