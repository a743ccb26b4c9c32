// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/probe_watch.hpp"

#include <cmath>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace ecco;

namespace {

/// Index of the first reading that alarms, or -1.
int alarm_at(const std::vector<double>& readings) {
  probe_watch watch{{}};
  for (std::size_t i = 0; i < readings.size(); ++i)
    if (watch.add(readings[i]))
      return static_cast<int>(i);
  return -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(probes)

BOOST_AUTO_TEST_CASE(a_lasting_fall_alarms_at_the_second_reading) {
  BOOST_TEST(alarm_at({.8, .9, .7, .2, .1}) == 4);
}

BOOST_AUTO_TEST_CASE(one_bad_reading_is_not_drift) {
  BOOST_TEST(alarm_at({.8, .2, .8, .2, .8, .3, .7}) == -1);
}

BOOST_AUTO_TEST_CASE(what_was_never_good_cannot_fall) {
  BOOST_TEST(alarm_at({.1, 0, 0, 0, .05, 0}) == -1);
}

BOOST_AUTO_TEST_CASE(a_slow_change_moves_the_baseline) {
  std::vector<double> readings;
  for (double accuracy = .9; accuracy > .3; accuracy -= .02)
    readings.push_back(accuracy);
  BOOST_TEST(alarm_at(readings) == -1);
}

BOOST_AUTO_TEST_CASE(readings_without_objects_say_nothing) {
  const auto none = std::nan("");
  BOOST_TEST(alarm_at({.8, none, .1, none, .1}) == 4);
  BOOST_TEST(alarm_at({none, none}) == -1);
}

BOOST_AUTO_TEST_CASE(the_alarm_lasts_until_the_accuracy_is_back_or_it_is_reset) {
  probe_watch watch{{}};
  for (const double accuracy : {.8, .1, .1})
    watch.add(accuracy);
  BOOST_TEST(watch.add(.1));
  BOOST_TEST(!watch.add(.7));
  watch.add(.1);
  watch.add(.1);
  watch.reset();
  BOOST_TEST(!watch.add(.1));
}

BOOST_AUTO_TEST_SUITE_END()
