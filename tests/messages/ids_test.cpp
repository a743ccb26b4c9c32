// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "messages/ids.hpp"

using namespace ecco;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(names_are_short_and_plain) {
  for (const auto* good : {"a", "7", "bridge-2", "gpu.0", "north_gate"})
    BOOST_TEST(is_valid_name(good), good);
  for (const auto* bad : {"", "-a", ".a", "_a", "A", "a b", "a/b", "é"})
    BOOST_TEST(!is_valid_name(bad), bad);
  BOOST_TEST(is_valid_name(std::string(63, 'a')));
  BOOST_TEST(!is_valid_name(std::string(64, 'a')));
}

BOOST_AUTO_TEST_CASE(groups_are_printed_with_four_digits_or_more) {
  BOOST_TEST(to_string(group_id{7}) == "g-0007");
  BOOST_TEST(to_string(group_id{4'294'967'295}) == "g-4294967295");
}

BOOST_AUTO_TEST_SUITE_END()
