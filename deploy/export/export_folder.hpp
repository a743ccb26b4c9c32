// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "messages/error.hpp"

namespace ecco {

/// A folder that is there as a whole or not at all: it is filled under a name of its own beside its place.
class export_folder {
 public:
  /// @param replace also an earlier export there; nothing else is ever replaced, but an empty folder always
  /// @returns `io_failed` for a place that is taken, or where nothing can be written
  static result<std::unique_ptr<export_folder>> begin(const std::filesystem::path& place, bool replace);

  /// What is not finished is removed.
  ~export_folder();
  export_folder(const export_folder&) = delete;
  export_folder& operator=(const export_folder&) = delete;

  /// Where to write.
  const std::filesystem::path& path() const { return draft_; }

  /// Puts it in its place, with a file `ecco-export.json` that says what it is. @returns `io_failed`
  result<void> finish(const std::string& summary);

 private:
  export_folder(std::filesystem::path place, std::filesystem::path draft)
      : place_(std::move(place)), draft_(std::move(draft)) {}

  std::filesystem::path place_, draft_;
  bool finished_ = false;
};

} // namespace ecco
