// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/nms.hpp"

#include <algorithm>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;

namespace {

/// Cells of an 8 x 8 grid that both boxes, respectively either box, cover: overlap without geometry.
double counted_iou(const box& a, const box& b) {
  auto covers = [](const box& r, int x, int y) {
    return x >= r.x1 * 8 && x < r.x2 * 8 && y >= r.y1 * 8 && y < r.y2 * 8;
  };
  int both = 0, either = 0;
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x) {
      both += covers(a, x, y) && covers(b, x, y);
      either += covers(a, x, y) || covers(b, x, y);
    }
  return either == 0 ? 0 : static_cast<double>(both) / either;
}

/// Again and again: take the first best of what is left, strike out what it hides.
std::vector<detection> brute_force(std::vector<detection> left, double iou, std::size_t most) {
  std::vector<detection> kept;
  while (!left.empty() && kept.size() < most) {
    auto best = *std::max_element(left.begin(), left.end(),
                                  [](const detection& a, const detection& b) { return a.score < b.score; });
    left.erase(std::find(left.begin(), left.end(), best));
    std::erase_if(left, [&](const detection& d) {
      return d.class_id == best.class_id && counted_iou(d.where, best.where) > iou;
    });
    kept.push_back(best);
  }
  return kept;
}

detection any_detection() {
  auto edge = [] { return static_cast<float>(*rc::gen::inRange(0, 9)) / 8.F; };
  auto [x1, x2] = std::minmax({edge(), edge()});
  auto [y1, y2] = std::minmax({edge(), edge()});
  return {{x1, y1, x2, y2},
          *rc::gen::inRange<std::uint16_t>(0, 2),
          static_cast<float>(*rc::gen::inRange(0, 5)) / 4.F};
}

} // namespace

BOOST_AUTO_TEST_SUITE(nms)

RC_BOOST_PROP(agrees_with_brute_force, ()) {
  std::vector<detection> candidates(*rc::gen::inRange<std::size_t>(0, 30));
  std::generate(candidates.begin(), candidates.end(), any_detection);
  auto iou = *rc::gen::element(.3F, .45F, .7F);
  auto most = *rc::gen::element<std::size_t>(0, 3, 300);
  RC_ASSERT(non_maximum_suppression(candidates, iou, most) == brute_force(candidates, iou, most));
}

BOOST_AUTO_TEST_CASE(equal_scores_keep_their_order) {
  std::vector<detection> apart;
  for (int i = 0; i < 40; ++i)
    apart.push_back({{static_cast<float>(i) / 40.F, 0, static_cast<float>(i + 1) / 40.F, 1}, 0, .5F});
  BOOST_TEST((non_maximum_suppression(apart, .5F, 300) == apart));
}

BOOST_AUTO_TEST_CASE(an_overlap_of_exactly_the_threshold_is_kept) {
  std::vector<detection> halves{{{0, 0, 1, 1}, 0, .9F}, {{0, 0, .5F, 1}, 0, .8F}};
  BOOST_TEST(non_maximum_suppression(halves, .5F, 300).size() == 2u);
  BOOST_TEST(non_maximum_suppression(halves, .49F, 300).size() == 1u);
}

BOOST_AUTO_TEST_CASE(classes_do_not_hide_each_other) {
  std::vector<detection> same_place{{{0, 0, 1, 1}, 0, .9F}, {{0, 0, 1, 1}, 1, .8F}};
  BOOST_TEST(non_maximum_suppression(same_place, .5F, 300).size() == 2u);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_are_dropped) {
  const auto nan = std::numeric_limits<float>::quiet_NaN();
  const auto infinite = std::numeric_limits<float>::infinity();
  std::vector<detection> odd{
      {{0, 0, 1, 1}, 0, nan}, {{0, 0, infinite, 1}, 0, .9F}, {{0, 0, .5F, .5F}, 0, .1F}};
  auto kept = non_maximum_suppression(odd, .5F, 300);
  BOOST_TEST_REQUIRE(kept.size() == 1u);
  BOOST_TEST(kept[0].score == .1F);
}

BOOST_AUTO_TEST_SUITE_END()
