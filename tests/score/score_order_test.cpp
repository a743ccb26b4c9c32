// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/score_order.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include <boost/test/unit_test.hpp>

using namespace ecco;

BOOST_AUTO_TEST_SUITE(order_by_score)

BOOST_AUTO_TEST_CASE(many_and_few_are_ordered_as_by_a_stable_sort) {
  std::mt19937_64 random{1};
  constexpr auto least = std::numeric_limits<double>::denorm_min(), most = std::numeric_limits<double>::max();
  const std::vector<double> special{0.0, -0.0, least, -least, most, -most, 1, -1, .5f, .1f};
  for (const std::size_t count : {0, 1, 2, 255, 256, 257, 5000})
    for (const bool from_few : {false, true}) {
      std::vector<scored> items;
      for (std::uint32_t i = 0; i < count; ++i) {
        const auto drawn = static_cast<double>(random()) * 0x1p-64 - .5;
        items.push_back({from_few ? special[random() % special.size()] : drawn, 0, i});
      }
      auto expected = items;
      std::stable_sort(expected.begin(), expected.end(), [](auto& a, auto& b) { return a.score > b.score; });
      sort_by_falling_score(items);
      BOOST_TEST((items == expected));
    }
}

BOOST_AUTO_TEST_SUITE_END()
