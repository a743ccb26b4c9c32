// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>

#include "config/load.hpp"

namespace ecco {

/// A folder that lives as long as its test.
class scratch_folder {
 public:
  scratch_folder() {
    auto name = (std::filesystem::temp_directory_path() / "ecco-config-XXXXXX").string();
    if (!mkdtemp(name.data()))
      throw std::runtime_error{"no temporary folder"};
    path = name;
  }
  ~scratch_folder() { std::filesystem::remove_all(path); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  /// Stores `text`; its folder is made when missing.
  std::filesystem::path write(const std::string& name, std::string_view text) const {
    const auto file = path / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
    return file;
  }

  /// An environment without variables, at home here.
  environment outside() const { return {{}, path}; }

  std::filesystem::path path;
};

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream)
    throw std::runtime_error{"cannot read " + file.string()};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// Loads one file that holds `text`, as `case.yaml`.
inline result<settings> load_text(const scratch_folder& folder, std::string_view text,
                                  std::span<const std::string> overrides = {}) {
  folder.write("case.yaml", text);
  const std::vector<std::filesystem::path> files{"case.yaml"};
  return load_settings(files, overrides, folder.outside());
}

/// "what; hint".
inline std::string sentence(const error& failure) {
  return failure.what + (failure.hint.empty() ? "" : "; " + failure.hint);
}

/// One case of a table: a line "### title" and the lines up to the next.
struct table_case {
  std::string title, text;
};

inline std::vector<table_case> read_table(const std::string& name) {
  std::vector<table_case> cases;
  std::istringstream lines{read_text(std::string{ECCO_TEST_DATA "/config/"} + name)};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("### "))
      cases.push_back({line.substr(4), ""});
    else if (!cases.empty())
      cases.back().text += line + "\n";
  return cases;
}

} // namespace ecco
