// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/zoo_shelf.hpp"

#include <fstream>
#include <string>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace ecco;
namespace fs = std::filesystem;

namespace {

struct a_folder {
  fs::path path = fs::temp_directory_path() / ("ecco-zoo-test-" + std::to_string(::getpid()));
  a_folder() { fs::create_directories(path); }
  ~a_folder() { fs::remove_all(path); }

  void write(const std::string& text) { std::ofstream{path / "zoo.json"} << text; }
};

/// As a zoo makes it of scenes that it learnt.
zoo_content a_content() {
  zoo_options options;
  options.mode = zoo_mode::recl;
  zoo made{options};
  made.admit({1});
  made.admit({4, group_id{2}, 7, {camera_id{"north"}, camera_id{"south"}}});
  made.select(1);
  made.learn({{{.123456F, -3.5F, 1e6F}, {0, .00004F, 2}}, {{1, .25}, {4, .625}}});
  return made.content();
}

constexpr auto good = R"({"experts":[{"revision":1,"group":0,"window":0,"selected":1,"times":0,"cameras":[]}],
                          "scenes":[{"features":[[1,2]],"scores":[[1,0.5]]}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(zoo_shelves)

BOOST_FIXTURE_TEST_CASE(what_was_saved_is_there_after_a_restart, a_folder) {
  BOOST_TEST((open_zoo_shelf(path)->load().value() == zoo_content{}));
  const auto content = a_content();
  BOOST_TEST_REQUIRE(content.scenes.size() == 1u);
  BOOST_TEST_REQUIRE(open_zoo_shelf(path)->save(content).has_value());
  BOOST_TEST((open_zoo_shelf(path)->load().value() == content));
  BOOST_TEST_REQUIRE(open_zoo_shelf(path)->save({}).has_value());
  BOOST_TEST((open_zoo_shelf(path)->load().value() == zoo_content{}));
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_a_zoo_is_refused_and_left_where_it_is, a_folder) {
  write(good);
  BOOST_TEST_REQUIRE(open_zoo_shelf(path)->load().has_value());
  const std::string whole{good};
  const auto with = [&](const std::string& from, const std::string& to) {
    auto text = whole;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const auto& text :
       {std::string{}, std::string{"[]"}, std::string{"{}"}, whole.substr(0, whole.size() / 2),
        with("\"revision\":1", "\"revision\":0"), with("\"revision\":1", "\"revision\":-1"),
        with("\"revision\":1", "\"revision\":\"one\""), with("[[1,2]]", "[]"), with("[[1,2]]", "[[]]"),
        with("[[1,2]]", "[[1e300,2]]"), with("[[1,0.5]]", "[[1,1.5]]"), with("[[1,0.5]]", "[[0,0.5]]"),
        with("[[1,0.5]]", "[[1]]"), with("[[1,0.5]]", "[]"),
        with("[{\"revision\":1", "[{\"revision\":1,\"group\":0,\"window\":0,\"selected\":1,\"times\":0,"
                                  "\"cameras\":[]},{\"revision\":1")}) {
    write(text);
    const auto loaded = open_zoo_shelf(path)->load();
    BOOST_TEST_REQUIRE(!loaded.has_value(), text);
    BOOST_TEST((loaded.error().code == ec::malformed_data));
    BOOST_TEST(fs::file_size(path / "zoo.json") == text.size());
  }
}

BOOST_FIXTURE_TEST_CASE(a_shelf_that_cannot_be_written_says_so, a_folder) {
  const auto shelf = open_zoo_shelf(path / "not" / "there");
  const auto saved = shelf->save(a_content());
  BOOST_TEST_REQUIRE(!saved.has_value());
  BOOST_TEST((saved.error().code == ec::io_failed));
}

BOOST_AUTO_TEST_SUITE_END()
