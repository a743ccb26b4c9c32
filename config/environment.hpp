// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace ecco {

/// What a process inherits. Read once by main and handed down, so that nothing below depends on it unseen.
struct environment {
  std::map<std::string, std::string> variables;
  /// Relative paths that no file contains begin here.
  std::filesystem::path folder;

  /// The value of `name`, or null when it is not set.
  const std::string* find(const std::string& name) const {
    const auto at = variables.find(name);
    return at == variables.end() ? nullptr : &at->second;
  }
};

/// The environment and working folder of this process.
environment process_environment();

} // namespace ecco
