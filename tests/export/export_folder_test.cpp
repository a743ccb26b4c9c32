// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/export_folder.hpp"

#include <fstream>
#include <iterator>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/export/an_archive.hpp"

using namespace ecco;
using ecco::test::must;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(export_folder_test)

namespace {

struct a_place {
  fs::path root = fs::temp_directory_path() / ("ecco-export-folder-test-" + std::to_string(::getpid()));
  fs::path place = root / "out";
  a_place() {
    fs::remove_all(root);
    fs::create_directories(root);
  }
  ~a_place() { fs::remove_all(root); }

  void fill(const std::string& text, bool replace = false) {
    auto folder = export_folder::begin(place, replace).value();
    std::ofstream{folder->path() / "file"} << text;
    must(folder->finish("{}"));
  }

  std::string content() const {
    std::ifstream in{place / "file"};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{root}, fs::directory_iterator{}));
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_folder_is_there_when_it_is_whole, a_place) {
  {
    auto folder = export_folder::begin(place, false).value();
    std::ofstream{folder->path() / "file"} << "half";
    BOOST_TEST(!fs::exists(place));
  }
  BOOST_TEST(entries() == 0u); // what was not finished is gone
  fill("whole");
  BOOST_TEST(content() == "whole");
  BOOST_TEST(entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_earlier_export_is_replaced_only_when_that_is_wanted, a_place) {
  fill("first");
  const auto refused = export_folder::begin(place, false);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().hint == "--force replaces it");
  fill("second", true);
  BOOST_TEST(content() == "second");
  BOOST_TEST(entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_export_that_comes_to_nothing_leaves_the_earlier_one, a_place) {
  fill("first");
  { auto folder = export_folder::begin(place, true).value(); }
  BOOST_TEST(content() == "first");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_export_is_never_replaced, a_place) {
  fs::create_directories(place);
  std::ofstream{place / "thesis.txt"} << "years of work";
  BOOST_TEST(!export_folder::begin(place, true).has_value());
  BOOST_TEST(!export_folder::begin(place / "thesis.txt", true).has_value());
  BOOST_TEST(fs::exists(place / "thesis.txt"));
}

BOOST_FIXTURE_TEST_CASE(an_empty_folder_and_one_with_a_slash_will_do, a_place) {
  fs::create_directories(place);
  place /= "";
  fill("whole");
  place = root / "out";
  BOOST_TEST(content() == "whole");
  BOOST_TEST(entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_folder_nowhere_is_refused, a_place) {
  const auto refused = export_folder::begin(root / "no" / "such" / "folder", false);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ec::io_failed));
}

BOOST_AUTO_TEST_SUITE_END()
