// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "runtime/score/iou.hpp"

using namespace ecco;

BOOST_AUTO_TEST_SUITE(iou_of_boxes)

BOOST_AUTO_TEST_CASE(equal_boxes_overlap_fully) {
  box b{.25f, .25f, .75f, .5f};
  BOOST_TEST(iou(b, b) == 1);
  BOOST_TEST(covered(b, b) == 1);
}

BOOST_AUTO_TEST_CASE(boxes_that_only_touch_share_nothing) {
  box a{0, 0, .5f, .5f};
  BOOST_TEST(iou(a, {.5f, 0, 1, .5f}) == 0);
  BOOST_TEST(iou(a, {.5f, .5f, 1, 1}) == 0);
}

BOOST_AUTO_TEST_CASE(half_overlap_is_a_third) {
  box a{0, 0, .5f, .5f}, b{.25f, 0, .75f, .5f};
  BOOST_TEST(iou(a, b) == 1. / 3);
  BOOST_TEST(iou(a, b) == iou(b, a));
}

BOOST_AUTO_TEST_CASE(coverage_does_not_ask_how_large_the_region_is) {
  BOOST_TEST(covered({0, 0, .25f, .25f}, {0, 0, 1, 1}) == 1);
  BOOST_TEST(covered({0, 0, 1, 1}, {0, 0, .5f, 1}) == .5);
}

BOOST_AUTO_TEST_CASE(empty_boxes_have_no_overlap_and_no_division_by_zero) {
  box point{.5f, .5f, .5f, .5f};
  BOOST_TEST(iou(point, point) == 0);
  BOOST_TEST(covered(point, {0, 0, 1, 1}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
