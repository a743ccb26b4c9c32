// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/outlines.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/learn/masks.hpp"
#include "runtime/score/outline_mask.hpp"
#include "tests/support/rings.hpp"

using namespace ecco;

namespace {

std::size_t corners_in(const outline& of) {
  return std::accumulate(of.rings.begin(), of.rings.end(), std::size_t{0},
                         [](std::size_t sum, const auto& ring) { return sum + ring.size(); });
}

polygon circle(double x, double y, double radius, int corners) {
  polygon out;
  for (int i = 0; i < corners; ++i) {
    const auto angle = 2 * M_PI * i / corners;
    out.insert(out.end(), {x + radius * std::cos(angle), y + radius * std::sin(angle)});
  }
  return out;
}

constexpr pixel_box whole{0, 0, 100, 100};

} // namespace

BOOST_AUTO_TEST_SUITE(outlines)

RC_BOOST_PROP(contours_hold_the_positive_values_and_no_others, ()) {
  const auto width = *rc::gen::inRange<std::size_t>(0, 9), height = *rc::gen::inRange<std::size_t>(0, 9);
  std::vector<float> values(width * height);
  for (auto& value : values)
    value = static_cast<float>(*rc::gen::element(-3, -1, 1, 2));
  const auto rings = contours(values, width, height);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      RC_ASSERT(test::holds(rings, static_cast<double>(x), static_cast<double>(y)) == (values[y * width + x] > 0));
}

BOOST_AUTO_TEST_CASE(contours_cross_where_the_line_between_two_values_does) {
  const float values[] = {3, -1};
  const auto rings = contours(values, 2, 1);
  BOOST_TEST_REQUIRE(rings.size() == 1u);
  const auto& ring = rings[0];
  double right = 0;
  for (std::size_t i = 0; i < ring.size(); i += 2)
    right = std::max(right, ring[i]);
  BOOST_TEST(right == .75);
}

BOOST_AUTO_TEST_CASE(values_that_are_not_finite_are_outside) {
  const float values[] = {NAN, 1, INFINITY};
  const auto rings = contours(values, 3, 1);
  BOOST_TEST_REQUIRE(rings.size() == 1u);
  for (const auto coordinate : rings[0])
    BOOST_TEST(std::isfinite(coordinate));
  BOOST_TEST(contours({}, 0, 0).empty());
}

BOOST_AUTO_TEST_CASE(a_contour_is_the_mask_that_is_drawn_but_for_its_border) {
  constexpr std::uint16_t width = 40, height = 30;
  std::mt19937 random{3};
  std::normal_distribution<float> any;
  std::vector<float> planes(std::size_t{mask_prototypes} * width * height), coefficients(mask_prototypes);
  // Smooth, as prototypes are: a wave each.
  for (std::size_t k = 0; k < mask_prototypes; ++k) {
    const auto fx = any(random) * .1F, fy = any(random) * .1F;
    coefficients[k] = any(random);
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x)
        planes[(k * height + y) * width + x] =
            std::sin(fx * static_cast<float>(x) + fy * static_cast<float>(y) + static_cast<float>(k));
  }
  const mask_basis basis{planes, width, height};
  for (const auto& where : {box{0, 0, 160, 120}, box{13.5F, 22, 140, 97.25F}, box{60, 50, 61, 51}}) {
    const auto drawn = draw_mask(coefficients, basis, where);
    std::vector<std::uint8_t> by_column;
    for (std::size_t x = 0; x < 4 * width; ++x)
      for (std::size_t y = 0; y < 4 * height; ++y)
        by_column.push_back(drawn[y * 4 * width + x]);
    const auto theirs = *encode_mask(by_column, 4 * height, 4 * width);
    const auto ours = *rle_from_rings(trace_mask(coefficients, basis, where), 4 * height, 4 * width);
    BOOST_TEST((area(theirs) == 0 ? area(ours) == 0 : iou(ours, theirs) > .96), iou(ours, theirs));
  }
}

BOOST_AUTO_TEST_CASE(what_lies_outside_of_the_part_is_cut_off) {
  const polygon square{-10, -10, 50, -10, 50, 50, -10, 50};
  const auto cut = to_outline(std::vector<polygon>{square}, whole, {0, 20, 40, 100}, 0);
  const auto mask = mask_of(cut, 100, 100);
  BOOST_TEST(area(mask) == 40u * 30u);
  BOOST_TEST((bounding_box(mask) == pixel_box{0, 20, 40, 30}));
  BOOST_TEST(to_outline(std::vector<polygon>{square}, whole, {60, 60, 40, 40}, 0).empty());
}

BOOST_AUTO_TEST_CASE(corners_on_a_straight_line_are_left_out) {
  const polygon square{0, 0, 20, 0, 50, 0, 50, 50, 50, 70, 50, 90, 0, 90, 0, 3};
  BOOST_TEST((simplified(square, .01) == polygon{0, 0, 50, 0, 50, 90, 0, 90}));
  BOOST_TEST(simplified(polygon{0, 0, 20, 0, 50, 0}, .01).empty());
  BOOST_TEST(simplified(polygon{1, 1, 1, 1, 1, 1}, .01).empty());
}

BOOST_AUTO_TEST_CASE(simplifying_stays_within_its_tolerance) {
  const auto fine = circle(50, 50, 40, 720);
  const auto coarse = simplified(fine, .5);
  BOOST_TEST(coarse.size() < 100u);
  for (std::size_t i = 0; i < coarse.size(); i += 2) {
    const auto k = (i + 2) % coarse.size();
    const auto middle =
        std::hypot((coarse[i] + coarse[k]) / 2 - 50, (coarse[i + 1] + coarse[k + 1]) / 2 - 50);
    BOOST_TEST(middle > 40 - .51);
  }
}

BOOST_AUTO_TEST_CASE(limits_leave_the_large_rings_and_coarser_lines) {
  std::vector<polygon> rings;
  for (int i = 0; i < 30; ++i)
    rings.push_back(circle(3 * i + 2, 10, i % 2 ? 1.2 : .4, 90));
  rings.push_back(circle(50, 60, 30, 5'000));
  const auto all = to_outline(rings, whole, whole, 0);
  BOOST_TEST(all.rings.size() == 31u);
  BOOST_TEST(corners_in(all) <= max_corners);
  const auto few = to_outline(rings, whole, whole, 0, {.rings = 16, .corners = 100});
  BOOST_TEST(few.rings.size() == 16u); // the 15 larger dots and the disc
  BOOST_TEST(corners_in(few) <= 100u);
  const auto disc = static_cast<double>(area(mask_of(few, 1000, 1000)));
  BOOST_TEST(disc == M_PI * 300 * 300, boost::test_tools::tolerance(.05));
}

BOOST_AUTO_TEST_SUITE_END()
