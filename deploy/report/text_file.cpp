// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace ecco {

result<void> write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file{path, std::ios::binary | std::ios::trunc};
  file << text;
  file.close();
  if (!file)
    return fail(ec::io_failed, path.string() + ": cannot write: " + std::strerror(errno),
                "is the folder there, and the disk not full?");
  return {};
}

result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return fail(ec::io_failed, folder.string() + " cannot be made: " + failure.message());
  return {};
}

} // namespace ecco
