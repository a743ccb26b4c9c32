// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/synced_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace ecco {

namespace fs = std::filesystem;

namespace {

std::string reason() {
  return std::strerror(errno);
}

} // namespace

std::size_t write_all(int file, std::span<const std::uint8_t> data) {
  std::size_t done = 0;
  while (done < data.size()) {
    const auto count = ::write(file, data.data() + done, data.size() - done);
    if (count < 0 && errno != EINTR)
      break;
    if (count > 0)
      done += static_cast<std::size_t>(count);
  }
  return done;
}

result<void> write_synced(const fs::path& path, std::span<const std::uint8_t> data) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0)
    return fail(ec::io_failed, path.string() + " cannot be made: " + reason());
  const bool good = write_all(file, data) == data.size() && ::fsync(file) == 0;
  const auto why = reason();
  ::close(file);
  if (!good)
    return fail(ec::io_failed, path.string() + " cannot be written: " + why, "is the disk full?");
  return {};
}

result<void> replace_file(const fs::path& path, std::string_view text) {
  auto draft = path;
  draft += ".part";
  std::error_code failure;
  if (auto written = write_synced(draft, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); !written) {
    fs::remove(draft, failure);
    return written;
  }
  fs::rename(draft, path, failure);
  if (failure)
    return fail(ec::io_failed, path.string() + " cannot be replaced: " + failure.message());
  sync_folder(path.parent_path());
  return {};
}

void sync_folder(const fs::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0)
    return;
  ::fsync(handle);
  ::close(handle);
}

std::optional<bytes> read_file(const fs::path& path, std::uintmax_t limit) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (failure || size > limit)
    return std::nullopt;
  bytes data(size);
  std::ifstream in{path, std::ios::binary};
  if (!in.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(size)))
    return std::nullopt;
  return data;
}

} // namespace ecco
