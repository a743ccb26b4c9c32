// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "runtime/base/random.hpp"

BOOST_AUTO_TEST_SUITE(random_numbers)

using namespace ecco;

// Recorded runs are repeated by their seed, so these numbers never change.
BOOST_AUTO_TEST_CASE(seeds_are_the_same_everywhere_and_for_ever) {
  static_assert(seed_for(0, "") == 6566800829925814604u);
  static_assert(seed_for(1, "grouper") == 9928215997374467815u);
  static_assert(seed_for(1, "camera north_gate") == 1909554971339337624u);
  static_assert(seed_for(18446744073709551615u, "é") == 6485202667121747065u);
}

BOOST_AUTO_TEST_CASE(purposes_and_seeds_give_different_numbers) {
  BOOST_TEST(seed_for(1, "a") != seed_for(1, "b"));
  BOOST_TEST(seed_for(1, "a") != seed_for(2, "a"));
  BOOST_TEST(seed_for(0, "") != 0u);
}

BOOST_AUTO_TEST_CASE(uniform_numbers_lie_in_the_unit_interval_and_fill_it) {
  random_engine random{seed_for(1, "uniform")};
  std::array<int, 10> seen{};
  for (int i = 0; i < 10'000; ++i) {
    const auto drawn = uniform(random);
    BOOST_REQUIRE(drawn >= 0);
    BOOST_REQUIRE(drawn < 1);
    ++seen.at(static_cast<std::size_t>(drawn * 10));
  }
  for (const auto count : seen)
    BOOST_TEST((count > 850 && count < 1150)); // five standard deviations
}

BOOST_AUTO_TEST_CASE(whole_numbers_stay_below_their_limit) {
  random_engine random{seed_for(1, "below")};
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i)
    ++seen.at(below(random, 7));
  for (const auto count : seen)
    BOOST_TEST((count > 850 && count < 1150));
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (const auto limit : {std::uint64_t{1}, std::uint64_t{1} << 63, (std::uint64_t{1} << 63) + 1, most})
    for (int i = 0; i < 100; ++i)
      BOOST_REQUIRE(below(random, limit) < limit);
}

BOOST_AUTO_TEST_SUITE_END()
