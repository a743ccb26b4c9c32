// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/yolo.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/dataset/yolo_labels.hpp"
#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

bool near(const pixel_box& a, const pixel_box& b) {
  return std::abs(a.x - b.x) + std::abs(a.y - b.y) + std::abs(a.width - b.width) + std::abs(a.height - b.height) < 1e-9;
}

} // namespace

BOOST_AUTO_TEST_SUITE(yolo)

BOOST_AUTO_TEST_CASE(a_folder_is_read_by_its_conventions) {
  for (const auto* place : {"yolo", "yolo/data.yaml", "yolo/images/val"}) {
    const auto sequence = whole(read_yolo(made_sets / place, 5));
    BOOST_TEST_REQUIRE(sequence.frames.size() == 3u);
    BOOST_TEST((sequence.classes.at(0).name == "person" && sequence.classes.at(1).name == "car"));
    BOOST_TEST_REQUIRE(sequence.frames[0].objects.size() == 1u); // the second line is the first once more
    BOOST_TEST(sequence.frames[0].objects[0].kind == 1u);
    BOOST_TEST(near(sequence.frames[0].objects[0].where, {4, 4, 8, 10}));
    BOOST_TEST_REQUIRE(sequence.frames[1].objects.size() == 1u);
    BOOST_TEST(near(sequence.frames[1].objects[0].where, {8, 4, 8, 10}));
    BOOST_TEST(sequence.frames[1].objects[0].rings.at(0).size() == 8u);
    BOOST_TEST(sequence.frames[2].objects.empty()); // without a file of labels
    BOOST_TEST(sequence.notes.size() == 1u);
  }
  BOOST_TEST(whole(read_yolo(made_sets / "yolo/images/train", 5)).frames.size() == 1u);
}

BOOST_AUTO_TEST_CASE(bad_lines_are_named_with_line_and_column) {
  const std::pair<const char*, const char*> table[] = {
      {"0 .5 .5 .1\n", "l:1: 4 fields are neither a box (5) nor a polygon"},
      {"0 .5 .5 .1 .1 .1\n", "l:1: 6 fields are neither"},
      {"0 .5 .5 .1 .1 .1 .1 .1\n", "l:1: 8 fields are neither"},
      {"2 .5 .5 .1 .1\n", "l:1:1: class must lie in 0..1, but is 2"},
      {"0.0 .5 .5 .1 .1\n", "l:1:1: class '0.0' is no integer"},
      {"0 .5 .5 .1 .1\n0 1.5 .5 .1 .1\n", "l:2:3: coordinate must lie in 0..1, but is 1.5"},
      {"0 .5 .5 nan .1\n", "l:1:9: width 'nan' is no finite number"},
      {"0 .5 .5 .1 -.1\n", "l:1:12: height must lie in 0..1, but is -0.1"},
  };
  for (const auto& [text, words] : table)
    check_refused(parse_yolo_labels(text, "l", 2), words);
}

BOOST_AUTO_TEST_CASE(names_may_be_a_list) {
  BOOST_TEST(whole(parse_yolo_info("names: [a, b]\ntrain: images\n", "y")).names.at(1) == "b");
}

BOOST_AUTO_TEST_CASE(bad_info_is_named_with_line_and_column) {
  const std::pair<const char*, const char*> table[] = {
      {"train: images\n", "y: 'names' is missing"},
      {"names: 3\n", "y:1:8: names must be a list, or a map"},
      {"names: {0: a, 2: b}\n", "y:1:15: class '2' is none of 0..1"},
      {"names: [a, a]\n", "two classes are named 'a'"},
      {"names: [a]\nval: ../other\n", "y:2:6: val leaves the folder of this file"},
      {"names: [a]\ntrain: /etc\n", "y:2:8: train leaves the folder of this file"},
      {"names: [a]\ntrain: [one, two]\n", "y:2:8: train must be a text"},
      {"names: [a\n", "y:"},
  };
  for (const auto& [text, words] : table)
    check_refused(parse_yolo_info(text, "y"), words);
}

BOOST_AUTO_TEST_CASE(a_bad_label_of_a_folder_is_found) {
  const copied made{"yolo"};
  made.append("labels/val/north_000002.txt", "7 .5 .5 .1 .1\n");
  check_refused(read_yolo(made / "images/val", 5), "north_000002.txt:2:1: class must lie in 0..1, but is 7");
  made.write("images/val/north_000003.png", "\x89PNG\r\n");
  check_refused(read_yolo(made / "images/val", 5), "north_000003.png: the picture ends before it says its size");
}

RC_BOOST_PROP(what_is_written_is_read_back, ()) {
  const auto share = [] { return *rc::gen::inRange(0, 1'000'001) / 1'000'000.; };
  std::vector<yolo_row> rows(*rc::gen::inRange<std::size_t>(0, 20));
  for (auto& row : rows) {
    row = {*rc::gen::inRange(0u, 80u), share(), share(), share(), share(), {}};
    if (*rc::gen::arbitrary<bool>())
      continue;
    double low[2] = {1, 1}, high[2] = {0, 0};
    for (int i = *rc::gen::inRange(3, 9) * 2; i > 0; --i) {
      const auto at = row.polygon.size() % 2;
      row.polygon.push_back(share());
      low[at] = std::min(low[at], row.polygon.back());
      high[at] = std::max(high[at], row.polygon.back());
    }
    row.x = (low[0] + high[0]) / 2;
    row.y = (low[1] + high[1]) / 2;
    row.width = high[0] - low[0];
    row.height = high[1] - low[1];
  }
  RC_ASSERT(parse_yolo_labels(write_yolo_labels(rows), "l", 80).value() == rows);
}

BOOST_AUTO_TEST_SUITE_END()
