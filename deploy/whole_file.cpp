// SPDX-License-Identifier: Apache-2.0
#include "deploy/whole_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// A checkpoint of yolo11x takes 0.9 GB.
constexpr std::uintmax_t most_weight_bytes = std::uintmax_t{2} << 30;

auto cannot_write(const fs::path& file, const char* why) {
  return fail(ec::io_failed, file.string() + " cannot be written: " + why);
}

auto exists_already(const fs::path& file) {
  return fail(ec::io_failed, file.string() + " is there already", "--force replaces it");
}

bool write_synced(int descriptor, std::span<const std::uint8_t> data) {
  while (!data.empty()) {
    const auto written = ::write(descriptor, data.data(), data.size());
    if (written < 0 && errno != EINTR)
      return false;
    if (written > 0)
      data = data.subspan(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

/// Never replaces what appeared in the meantime, on the file systems that can promise it.
int move_to(const std::string& draft, const fs::path& file, existing_file what) {
  if (what == existing_file::replace)
    return ::rename(draft.c_str(), file.c_str());
  const int moved = ::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE);
  if (moved == 0 || errno != EINVAL)
    return moved;
  errno = EEXIST;
  return fs::exists(file) ? -1 : ::rename(draft.c_str(), file.c_str());
}

} // namespace

result<void> check_target(const fs::path& file, existing_file what) {
  std::error_code failure;
  const auto status = fs::status(file, failure);
  if (fs::is_directory(status))
    return cannot_write(file, "it is a folder");
  if (fs::exists(status) && what == existing_file::keep)
    return exists_already(file);
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path{"."};
  if (!fs::is_directory(folder, failure))
    return cannot_write(file, "there is no such folder");
  return {};
}

result<void> write_whole_file(const fs::path& file, std::span<const std::uint8_t> data, existing_file what) {
  if (auto good = check_target(file, what); !good)
    return good;
  const auto draft = file.string() + ".part" + std::to_string(::getpid());
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return cannot_write(file, std::strerror(errno));
  bool good = write_synced(descriptor, data);
  auto reason = errno;
  good = ::close(descriptor) == 0 && good;
  if (good && move_to(draft, file, what) == 0)
    return {};
  if (good)
    reason = errno;
  ::unlink(draft.c_str());
  return reason == EEXIST ? exists_already(file) : cannot_write(file, std::strerror(reason));
}

result<blob> read_weights(const fs::path& file) {
  std::error_code failure;
  const auto size = fs::file_size(file, failure);
  if (failure == std::errc::no_such_file_or_directory)
    return fail(ec::not_found, file.string() + ": " + failure.message());
  if (failure)
    return fail(ec::io_failed, file.string() + " cannot be read: " + failure.message());
  if (size > most_weight_bytes)
    return fail(ec::malformed_data, file.string() + " is too large to be a student's weights");
  bytes data(size);
  std::ifstream in{file, std::ios::binary};
  if (!in.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(size)))
    return fail(ec::io_failed, file.string() + " cannot be read");
  return blob{std::move(data)};
}

} // namespace ecco
