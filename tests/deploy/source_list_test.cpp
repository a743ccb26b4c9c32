// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "deploy/source_list.hpp"

BOOST_AUTO_TEST_SUITE(source_list)

using namespace ecco;

namespace {

result<std::vector<condition_sources>> read(const std::string& text) {
  std::istringstream lines{text};
  return read_source_list(lines, "list.txt");
}

} // namespace

BOOST_AUTO_TEST_CASE(sources_stand_below_their_condition_and_one_may_go_on) {
  const auto list = read("world:park-1   # a comment\n\n[ rain ]\r\nworld:park-1?rain=1\n#nothing\n[night]\nmot:some#thing\n"
                         "[rain]\n  world:park-2?rain=1  \n");
  BOOST_REQUIRE(list);
  const std::vector<condition_sources> wanted{{"", {"world:park-1"}},
                                              {"rain", {"world:park-1?rain=1", "world:park-2?rain=1"}},
                                              {"night", {"mot:some#thing"}}};
  BOOST_TEST((*list == wanted));
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_named) {
  const std::pair<std::string, std::string> rows[] = {{"world:a\n[rain\n", "list.txt:2"},
                                                      {"[]\n", "list.txt:1"},
                                                      {std::string(1001, 'x'), "list.txt:1"},
                                                      {"[rain]\n# world:a\n", "names no source"}};
  for (const auto& [text, said] : rows) {
    const auto list = read(text);
    BOOST_REQUIRE(!list);
    BOOST_TEST((list.error().code == ec::malformed_data));
    BOOST_TEST(list.error().what.find(said) != std::string::npos, list.error().what);
  }
  std::string many;
  for (int i = 0; i < 10001; ++i)
    many += "world:a\n";
  BOOST_TEST(read(many).error().what.find("list.txt:10001") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
