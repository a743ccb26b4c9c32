// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/camera_mean.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

using namespace ecco;
using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(camera_mean_test)

BOOST_AUTO_TEST_CASE(cameras_count_equally_and_their_errors_are_independent) {
  camera_mean mean;
  for (const auto value : {.2, .4, .6, .8})
    mean.add(value, .04);
  BOOST_TEST(mean.value() == .5, tolerance(1e-12));
  BOOST_TEST(mean.standard_error() == .02, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_of_a_camera_says_nothing) {
  camera_mean mean;
  mean.add(std::nan(""), .5);
  mean.add(.4, std::nan(""));
  mean.add(.2, .04);
  BOOST_TEST(mean.value() == .3, tolerance(1e-12));
  BOOST_TEST(mean.standard_error() == .02, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(without_cameras_there_is_no_mean) {
  BOOST_TEST(std::isnan(camera_mean{}.value()));
  BOOST_TEST(std::isnan(camera_mean{}.standard_error()));
}

BOOST_AUTO_TEST_SUITE_END()
