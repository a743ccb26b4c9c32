// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

namespace ecco::test {

inline const std::filesystem::path made_sets = ECCO_TEST_DATA "/dataset";

/// A copy of a part of tests/data/dataset that a test may spoil; gone at its end.
class copied {
 public:
  explicit copied(const std::string& part) {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecco-dataset-XXXXXX").string();
    BOOST_TEST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
    std::filesystem::copy(made_sets / part, root_ / part, std::filesystem::copy_options::recursive);
    part_ = root_ / part;
  }
  ~copied() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  copied(const copied&) = delete;
  copied& operator=(const copied&) = delete;

  std::filesystem::path operator/(const std::string& file) const { return part_ / file; }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream{part_ / file, std::ios::binary} << text;
  }
  void append(const std::string& file, const std::string& text) const {
    std::ofstream{part_ / file, std::ios::binary | std::ios::app} << text;
  }

 private:
  std::filesystem::path root_, part_;
};

template <class T>
T whole(result<T> read) {
  BOOST_TEST_REQUIRE(read.has_value(), (read ? "" : render(read.error())));
  return std::move(*read);
}

/// Is it refused, with these words in the reason?
template <class T>
void check_refused(const result<T>& read, const std::string& words) {
  BOOST_TEST_REQUIRE(!read.has_value(), "was read, but should be refused: " << words);
  BOOST_TEST(read.error().what.find(words) != std::string::npos, read.error().what << " does not say: " << words);
}

} // namespace ecco::test
