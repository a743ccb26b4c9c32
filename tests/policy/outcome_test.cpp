// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/outcome.hpp"

#include <cmath>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace ecco;
using boost::test_tools::tolerance;

namespace {

camera_score score(const char* camera, double map50, double error = 0) {
  return {camera_id{camera}, map50, map50, error, 10, 10};
}

const auto unknown = std::nan("");

} // namespace

BOOST_AUTO_TEST_SUITE(outcome)

BOOST_AUTO_TEST_CASE(a_member_that_came_or_went_within_the_micro_window_is_no_gain) {
  const std::vector before{score("a", .2), score("gone", .1)}, after{score("a", .25), score("new", .9)};
  const auto measured = outcome_of(before, after);
  BOOST_TEST(measured.before == .2);
  BOOST_TEST(measured.after == .25);
}

BOOST_AUTO_TEST_CASE(members_count_equally) {
  const std::vector before{score("a", .2), score("b", .4)}, after{score("b", .6), score("a", .3)};
  const auto measured = outcome_of(before, after);
  BOOST_TEST(measured.before == .3, tolerance(1e-12));
  BOOST_TEST(measured.after == .45, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_camera_without_objects_says_nothing) {
  const std::vector before{score("a", .2), score("b", unknown)}, after{score("a", .3), score("b", .8)};
  BOOST_TEST(outcome_of(before, after).after == .3);
  BOOST_TEST(std::isnan(outcome_of({}, after).before));
  BOOST_TEST(std::isnan(outcome_of(before, {}).after));
}

BOOST_AUTO_TEST_CASE(the_error_of_the_mean_falls_with_the_number_of_cameras) {
  const std::vector before{score("a", .2), score("b", .2), score("c", .2), score("d", .2)};
  const std::vector after{score("a", .3, .04), score("b", .3, .04), score("c", .3, .04), score("d", .3, .04)};
  BOOST_TEST(outcome_of(before, after).standard_error == .02, tolerance(1e-9));
  const std::vector half_known{score("a", .3, .04), score("b", .3, unknown)};
  BOOST_TEST(outcome_of(before, half_known).standard_error == .02, tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
