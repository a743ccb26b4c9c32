// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/rle.hpp"

#include <array>
#include <fstream>
#include <random>

#include <boost/test/unit_test.hpp>

#include "tests/score/coco_scenes.hpp"

using namespace ecco;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using pixels = std::vector<std::uint8_t>;

rle mask_of(const pixels& column_by_column, std::uint32_t height) {
  return encode_mask(column_by_column, height, static_cast<std::uint32_t>(column_by_column.size()) / height)
      .value();
}

void is_refused(const result<rle>& read, std::string_view says) {
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error().code == ec::malformed_data));
  BOOST_TEST(read.error().what.find(says) != std::string::npos, read.error().what);
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_length_masks)

BOOST_AUTO_TEST_CASE(six_hundred_masks_agree_with_pycocotools) {
  std::ifstream file{ECCO_TEST_DATA "/score/coco_masks.txt"};
  std::string text;
  std::uint64_t n = 0, set = 0;
  pixel_box around;
  for (double plain = 0, crowd = 0;
       file >> text >> set >> around.x >> around.y >> around.width >> around.height >> plain >> crowd; ++n) {
    const auto mask = test::random_mask(n), other = test::random_mask(n % 4 == 0 ? n : n - 1);
    BOOST_TEST_CONTEXT("mask " << n) {
      BOOST_TEST(to_string(mask) == text);
      BOOST_TEST((rle_from_string(text, mask.height, mask.width) == mask));
      BOOST_TEST(area(mask) == set);
      BOOST_TEST((bounding_box(mask) == around));
      BOOST_TEST(iou(mask, other) == plain);
      BOOST_TEST(covered(mask, other) == crowd);
    }
  }
  BOOST_TEST(n == 600u);
}

BOOST_AUTO_TEST_CASE(pixels_survive_the_trip) {
  for (std::uint64_t n = 0; n < 100; ++n) {
    const auto mask = test::random_mask(n);
    BOOST_TEST((encode_mask(decode_mask(mask), mask.height, mask.width) == mask));
  }
}

BOOST_AUTO_TEST_CASE(a_union_is_what_is_set_in_any) {
  for (std::uint64_t n = 0; n < 200; n += 4) {
    const std::array masks{test::random_mask(n), test::random_mask(n + 1), test::random_mask(n + 2)};
    auto expected = decode_mask(masks[0]);
    for (const auto& other : {decode_mask(masks[1]), decode_mask(masks[2])})
      for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] |= other[i];
    BOOST_TEST((decode_mask(unite(masks)) == expected));
    BOOST_TEST((unite(masks) == mask_of(expected, masks[0].height)));
  }
}

BOOST_AUTO_TEST_CASE(empty_runs_are_joined_away) {
  const std::vector<std::int64_t> runs{0, 0, 2, 0, 1, 3, 0};
  BOOST_TEST((rle_from_runs(runs, 2, 3) == mask_of({0, 0, 0, 1, 1, 1}, 2)));
}

BOOST_AUTO_TEST_CASE(runs_that_are_no_mask_are_refused) {
  using runs = std::vector<std::int64_t>;
  is_refused(rle_from_runs(runs{3, 2}, 2, 3), "end after 5 of 6");
  is_refused(rle_from_runs(runs{3, 4}, 2, 3), "does not fit");
  is_refused(rle_from_runs(runs{8, -2}, 2, 3), "does not fit");
  is_refused(rle_from_runs(runs{3, -2, 5}, 2, 3), "does not fit");
  is_refused(rle_from_runs(runs{0}, 0, 3), "0 x 3");
  is_refused(rle_from_runs(runs{0}, 65536, 65536), "65536 x 65536");
}

BOOST_AUTO_TEST_CASE(strings_that_are_no_mask_are_refused) {
  is_refused(rle_from_string("", 2, 3), "end after 0 of 6");
  is_refused(rle_from_string("6 ", 2, 3), "code 32");
  is_refused(rle_from_string("6\x80", 2, 3), "code 128");
  is_refused(rle_from_string("3p", 2, 3), "code 112");
  is_refused(rle_from_string("3o", 2, 3), "inside a run");
  is_refused(rle_from_string("oooooooo", 2, 3), "7 characters");
  is_refused(rle_from_string("O", 2, 3), "a run of -1");
}

BOOST_AUTO_TEST_CASE(polygons_that_enclose_nothing_are_refused) {
  using corners = std::vector<double>;
  is_refused(rle_from_polygon(corners{1, 1, 2, 2}, 9, 9), "three corners");
  is_refused(rle_from_polygon(corners{1, 1, 2, 2, 3, 1, 2}, 9, 9), "three corners");
  is_refused(rle_from_polygon(corners{1, 1, 2, std::nan(""), 3, 1}, 9, 9), "out of bounds");
  is_refused(rle_from_polygon(corners{1, 1, 2, 1e9, 3, 1}, 9, 9), "out of bounds");
  is_refused(rle_from_polygon(corners{1, 1, 2, 2, 3, 1}, 0, 9), "0 x 9");
}

BOOST_AUTO_TEST_CASE(an_outline_that_would_take_all_memory_is_refused) {
  // 2^28 columns, crossed by every edge.
  is_refused(rle_from_polygon(std::vector<double>{0, 0, 9e7, 1, 0, 1, 9e7, 0}, 1, 1u << 28), "too long");
}

BOOST_AUTO_TEST_CASE(a_ring_within_a_ring_is_a_hole) {
  using corners = std::vector<double>;
  const std::vector<corners> rings{{0, 0, 5, 0, 5, 5, 0, 5}, {1, 1, 4, 1, 4, 4, 1, 4}};
  const auto frame = *rle_from_rings(rings, 5, 6);
  BOOST_TEST(area(frame) == 25u - 9u);
  BOOST_TEST(intersection(frame, *rle_from_polygon(rings[1], 5, 6)) == 0u);
  BOOST_TEST((*rle_from_rings(std::span{rings}.first(1), 5, 6) == *rle_from_polygon(rings[0], 5, 6)));
  BOOST_TEST(area(*rle_from_rings({}, 5, 6)) == 0u);
  is_refused(rle_from_rings(std::vector<corners>{rings[0], {1, 1, 2, 2}}, 5, 6), "three corners");
  is_refused(rle_from_rings(rings, 0, 6), "0 x 6");
}

BOOST_AUTO_TEST_CASE(a_polygon_far_larger_than_the_picture_fills_it) {
  const std::vector<double> corners{-1e8, -1e8, 1e8, -1e8, 1e8, 1e8, -1e8, 1e8};
  BOOST_TEST((rle_from_polygon(corners, 3, 4) == mask_of(pixels(12, 1), 3)));
}

BOOST_AUTO_TEST_CASE(fifty_thousand_damaged_strings_are_survived) {
  // What rle_fuzz.cpp does under libFuzzer for as long as it is let, here without its instruments.
  std::mt19937 random{1};
  for (int i = 0; i < 50'000; ++i) {
    const auto mask = test::random_mask(random() % 60);
    auto input = std::string{static_cast<char>(mask.height), static_cast<char>(mask.width)} + to_string(mask);
    for (auto damages = random() % 4; damages > 0; --damages)
      switch (const auto at = random() % input.size(); random() % 3) {
        case 0: input[at] = static_cast<char>(random()); break;
        case 1: input.resize(at + 1); break;
        default: input.insert(at, 1, static_cast<char>('0' + random() % 64));
      }
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
