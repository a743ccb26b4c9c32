// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/cityflow.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

image region(std::uint16_t width, std::uint16_t height, const std::vector<bool>& white) {
  bytes rgb;
  for (const bool is_white : white)
    rgb.insert(rgb.end(), 3, is_white ? 255 : 0);
  return {width, height, blob{std::move(rgb)}};
}

bool covers(const std::vector<box>& parts, double x, double y) {
  for (const auto& part : parts)
    if (part.x1 <= x && x < part.x2 && part.y1 <= y && y < part.y2)
      return true;
  return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cityflow)

BOOST_AUTO_TEST_CASE(cameras_have_clocks_of_their_own) {
  const auto ten = whole(read_cityflow(made_sets / "cityflow/train/S03/c010"));
  const auto fifteen = whole(read_cityflow(made_sets / "cityflow/train/S03/c015/"));
  BOOST_TEST(ten.fps == 10);
  BOOST_TEST(fifteen.fps == 8); // in S03 only
  BOOST_TEST((ten.offset == from_seconds(8.715)));
  BOOST_TEST((fifteen.offset == from_seconds(8.492)));
  BOOST_TEST(ten.name == "S03/c010");
  BOOST_TEST(!ten.region_of_interest.empty());
}

BOOST_AUTO_TEST_CASE(vehicles_stand_on_frames_of_the_video) {
  const auto sequence = whole(read_cityflow(made_sets / "cityflow/train/S03/c010"));
  BOOST_TEST_REQUIRE(sequence.frames.size() == 5u); // none on the third
  BOOST_TEST(sequence.frames[2].number == 4);
  BOOST_TEST((sequence.frames[0].objects.at(0).where == pixel_box{4, 16, 8, 8}));
  BOOST_TEST(sequence.frames[0].objects[0].track == 17);
}

BOOST_AUTO_TEST_CASE(bad_files_are_named_with_their_line) {
  const copied made{"cityflow"};
  made.append("train/S03/c010/gt/gt.txt", "7,1,1,1,4,4,1,1,1\n");
  check_refused(read_cityflow(made / "train/S03/c010"), "gt.txt:6: 9 fields in place of 10");
  made.append("cam_timestamp/S03.txt", "c016 -1\nc010 2\nc017\n");
  check_refused(read_cityflow(made / "train/S03/c015"), "S03.txt:3:6: offset must lie in 0..86400, but is -1");
  check_refused(read_cityflow(made / "train/S03/c015"), "S03.txt:4:1: the camera is named twice");
  check_refused(read_cityflow(made / "train/S03/c015"), "S03.txt:5: 1 fields in place of 2");
  made.write("cam_timestamp/S03.txt", "c010 2\n");
  check_refused(read_cityflow(made / "train/S03/c015"), "there is no camera c015");
  check_refused(read_cityflow(made / "train/S03"), "there is no such video");
}

BOOST_AUTO_TEST_CASE(the_dark_half_becomes_one_rectangle) {
  std::vector<bool> white(96 * 54, true);
  for (std::size_t i = 0; i < 96 * 18; ++i)
    white[i] = false;
  const auto parts = dark_parts(region(96, 54, white));
  BOOST_TEST_REQUIRE(parts.size() == 1u);
  BOOST_TEST((parts[0] == box{0, 0, 1, 18.F / 54}));
}

RC_BOOST_PROP(no_bright_pixel_is_hidden_and_every_dark_cell_is, ()) {
  const auto width = *rc::gen::inRange<std::uint16_t>(1, 24), height = *rc::gen::inRange<std::uint16_t>(1, 24);
  const auto columns = *rc::gen::inRange<std::uint32_t>(1, 12), rows = *rc::gen::inRange<std::uint32_t>(1, 12);
  auto white = *rc::gen::container<std::vector<bool>>(std::size_t{width} * height, rc::gen::arbitrary<bool>());
  // Also pictures that are mostly dark: random ones have hardly a dark cell.
  if (*rc::gen::arbitrary<bool>())
    for (std::size_t i = 0; i < white.size(); ++i)
      white[i] = white[i] && i % 7 == 0;
  const auto parts = dark_parts(region(width, height, white), columns, rows);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      if (white[y * width + x])
        RC_ASSERT(!covers(parts, (double(x) + .5) / width, (double(y) + .5) / height));
  if (columns >= width && rows >= height) // a cell a pixel
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x)
        RC_ASSERT(white[y * width + x] || covers(parts, (double(x) + .5) / width, (double(y) + .5) / height));
}

BOOST_AUTO_TEST_SUITE_END()
