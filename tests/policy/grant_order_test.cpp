// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/grant_order.hpp"

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

micro_window_grant grant(std::uint64_t term, window_number window, std::uint32_t index) {
  return {epoch{term}, window, index, group_id{7}, worker_id{"gpu0"}, 2s, {}, 0};
}

} // namespace

BOOST_AUTO_TEST_SUITE(grant_order_test)

BOOST_AUTO_TEST_CASE(what_is_not_newer_than_the_newest_is_stale) {
  grant_order order{group_id{7}};
  BOOST_TEST(order.check(grant(0, 0, 0)).has_value());
  order.begin(grant(2, 3, 1));
  BOOST_TEST(order.window() == 3u);
  for (const auto& old : {grant(2, 3, 1), grant(2, 3, 0), grant(2, 2, 9), grant(1, 9, 9)}) {
    const auto checked = order.check(old);
    BOOST_TEST_REQUIRE(!checked.has_value());
    BOOST_TEST((checked.error().code == ec::stale));
  }
  for (const auto& newer : {grant(2, 3, 2), grant(2, 4, 0), grant(3, 0, 0)})
    BOOST_TEST(order.check(newer).has_value());
}

BOOST_AUTO_TEST_CASE(a_stale_grant_is_told_what_came_after_it) {
  grant_order order{group_id{7}};
  order.begin(grant(2, 3, 1));
  const auto why = order.check(grant(1, 3, 9)).error().what;
  BOOST_TEST(why.find("grant 1/3/9") != std::string::npos);
  BOOST_TEST(why.find("newest was 2/3/1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_grant_of_another_group_or_of_no_time_is_refused) {
  const grant_order order{group_id{7}};
  auto other = grant(1, 1, 0);
  other.group = group_id{8};
  BOOST_TEST((order.check(other).error().code == ec::invalid_argument));
  auto empty = grant(1, 1, 0);
  empty.slice = 0s;
  BOOST_TEST((order.check(empty).error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()
