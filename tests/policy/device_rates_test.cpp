// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/device_rates.hpp"

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rates_of_devices)

BOOST_AUTO_TEST_CASE(nothing_is_known_before_work_is_reported) {
  device_rates rates;
  rates.trained(0, 5s); // no samples yet: says nothing of speed
  rates.trained(1000, 0s);
  rates.labelled(0, 1s);
  BOOST_TEST(rates.pixels_per_second() == 0);
  BOOST_TEST(rates.labels_per_second() == 0);
}

BOOST_AUTO_TEST_CASE(a_steady_device_has_its_rate_whatever_the_slices) {
  device_rates rates;
  for (const auto slice : {1s, 5s, 60s, 2s}) {
    rates.trained(static_cast<std::uint64_t>(1'000'000 * slice.count()), slice);
    rates.labelled(static_cast<std::size_t>(20 * slice.count()), slice);
  }
  BOOST_TEST(rates.pixels_per_second() == 1e6, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(rates.labels_per_second() == 20, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_device_that_became_slower_is_known_for_it_within_minutes) {
  device_rates rates;
  rates.trained(600'000'000, 600s);
  for (int i = 0; i < 24; ++i)
    rates.trained(2'500'000, 5s); // half as fast, for two minutes
  BOOST_TEST(rates.pixels_per_second() < 0.6e6);
  BOOST_TEST(rates.pixels_per_second() >= 0.5e6);
}

BOOST_AUTO_TEST_SUITE_END()
