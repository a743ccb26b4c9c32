// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/labels_teacher.hpp"

#include <cmath>
#include <limits>
#include <sstream>

#include <boost/test/unit_test.hpp>

using namespace ecco;

namespace {

labels_options on_100_by_50() {
  labels_options options;
  options.fps = 10;
  options.width = 100;
  options.height = 50;
  return options;
}

std::vector<label> labels_at(const std::string& lines, double seconds,
                             const labels_options& options = on_100_by_50()) {
  std::istringstream in{lines};
  auto teacher = make_labels_teacher(in, "gt.txt", options);
  BOOST_TEST_REQUIRE(teacher.has_value(), (teacher ? "" : render(teacher.error())));
  frame shot;
  shot.media_time = from_seconds(seconds);
  auto labels = (*teacher)->label_frame(shot);
  BOOST_TEST_REQUIRE(labels.has_value());
  return *labels;
}

error refusal(const std::string& lines, const labels_options& options = on_100_by_50()) {
  std::istringstream in{lines};
  auto teacher = make_labels_teacher(in, "gt.txt", options);
  BOOST_TEST_REQUIRE(!teacher.has_value());
  return teacher.error();
}

bool close(const box& a, const box& b) {
  auto near = [](float x, float y) { return std::abs(x - y) < 1e-6F; };
  return near(a.x1, b.x1) && near(a.y1, b.y1) && near(a.x2, b.x2) && near(a.y2, b.y2);
}

} // namespace

BOOST_AUTO_TEST_SUITE(labels_from_a_file)

BOOST_AUTO_TEST_CASE(boxes_become_fractions_of_the_picture) {
  auto labels = labels_at("1,7,10,5,20,30,1,1,1\n", 0);
  BOOST_TEST_REQUIRE(labels.size() == 1u);
  BOOST_TEST(close(labels[0].where, {.1F, .1F, .3F, .7F}));
  BOOST_TEST(labels[0].class_id == 0u);
  BOOST_TEST(!labels[0].ignore);
}

BOOST_AUTO_TEST_CASE(the_frame_is_the_nearest_to_the_media_time) {
  const std::string lines = "1,1,0,0,10,10,1,1,1\n2,1,20,0,10,10,1,1,1\n8,1,70,0,10,10,1,1,1\n";
  BOOST_TEST(labels_at(lines, 0).at(0).where.x1 == 0.F);
  BOOST_TEST(labels_at(lines, .04).at(0).where.x1 == 0.F);
  BOOST_TEST(labels_at(lines, .06).at(0).where.x1 == .2F);
  BOOST_TEST(labels_at(lines, .1).at(0).where.x1 == .2F);
  BOOST_TEST(labels_at(lines, .7).at(0).where.x1 == .7F);
  BOOST_TEST(labels_at(lines, .5).empty());
  BOOST_TEST(labels_at(lines, 1000).empty());
}

BOOST_AUTO_TEST_CASE(a_view_sees_its_part) {
  auto options = on_100_by_50();
  options.view = {50, 0, 50, 25};
  auto labels = labels_at("1,1,60,5,10,10,1,1,1\n1,2,0,0,20,20,1,1,1\n", 0, options);
  BOOST_TEST_REQUIRE(labels.size() == 1u);
  BOOST_TEST(close(labels[0].where, {.2F, .2F, .4F, .6F}));
}

BOOST_AUTO_TEST_CASE(boxes_are_clipped_and_those_mostly_outside_dropped) {
  auto labels = labels_at("1,1,-4,0,10,10,1,1,1\n1,2,-6,0,10,10,1,1,1\n1,3,96,46,10,10,1,1,1\n", 0);
  BOOST_TEST_REQUIRE(labels.size() == 1u);
  BOOST_TEST(close(labels[0].where, {0, 0, .06F, .2F}));
}

BOOST_AUTO_TEST_CASE(what_does_not_count_is_marked_ignore) {
  auto labels = labels_at("1,1,0,0,10,10,0,1,1\n1,2,0,0,10,10,1,1,.1\n1,3,0,0,10,10,1,1,-1\n", 0);
  BOOST_TEST_REQUIRE(labels.size() == 3u);
  BOOST_TEST(labels[0].ignore);
  BOOST_TEST(labels[1].ignore);
  BOOST_TEST(!labels[2].ignore);
}

BOOST_AUTO_TEST_CASE(classes_are_mapped_and_others_dropped) {
  auto options = on_100_by_50();
  options.classes = {{3, 2}};
  auto labels = labels_at("1,1,0,0,10,10,1,1,1\n1,2,0,0,10,10,1,3,1\n", 0, options);
  BOOST_TEST_REQUIRE(labels.size() == 1u);
  BOOST_TEST(labels[0].class_id == 2u);
}

BOOST_AUTO_TEST_CASE(lines_of_other_tools_are_understood) {
  BOOST_TEST(labels_at("1,1,0,0,10,10,1,-1,-1,-1\r\n", 0).size() == 1u); // CityFlow, from Windows
  BOOST_TEST(labels_at(" 1 , 1, 0.5, 0.25, 10, 10, 1, 1, 1.0\n\n", 0).size() == 1u);
  BOOST_TEST(labels_at("1,1,0,0,10,10,1,1,1", 0).size() == 1u); // no line end
  BOOST_TEST(labels_at("", 0).empty());
}

BOOST_AUTO_TEST_CASE(several_numbers_in_a_tenth_field_are_the_outline) {
  const auto labels = labels_at("1,7,10,5,20,30,1,1,1,10 5 30 5 30 35\n", 0);
  BOOST_TEST_REQUIRE(labels.size() == 1u);
  const std::vector<corner> ring{{6554, 6554}, {19661, 6554}, {19661, 45875}};
  BOOST_TEST((labels[0].shape == outline{{ring}}));
  BOOST_TEST(labels_at("1,7,10,5,20,30,1,1,1\n", 0).at(0).shape.empty());
  BOOST_TEST(labels_at("1,7,10,5,20,30,1,1,1,\n", 0).at(0).shape.empty());
  BOOST_TEST(labels_at("1,7,10,5,20,30,1,1,1,-1\n", 0).at(0).shape.empty()); // CityFlow
}

BOOST_AUTO_TEST_CASE(an_outline_has_several_rings_between_semicolons) {
  const auto labels = labels_at("1,7,10,5,20,30,1,1,1, 10 5\t30 5 30 35 10 35;12 7 28 7  28 30 \r\n", 0);
  BOOST_TEST_REQUIRE(labels.at(0).shape.rings.size() == 2u);
  BOOST_TEST(labels[0].shape.rings[0].size() == 4u);
  BOOST_TEST(labels[0].shape.rings[1].size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_view_cuts_outlines_off_at_its_sides) {
  auto options = on_100_by_50();
  options.view = {50, 0, 50, 50};
  const auto labels = labels_at("1,1,40,0,40,50,1,1,1,40 0 80 0 80 50 40 50\n", 0, options);
  BOOST_TEST_REQUIRE(labels.at(0).shape.rings.size() == 1u);
  for (const auto& c : labels[0].shape.rings[0]) {
    BOOST_TEST((c.x == 0 || c.x == 39321));
    BOOST_TEST((c.y == 0 || c.y == 65535));
  }
}

BOOST_AUTO_TEST_CASE(bad_outlines_are_named_by_line_and_column) {
  const struct {
    std::string outline, reason;
  } cases[] = {
      {"10 5 30 5", "gt.txt:2:22: outline: 4 numbers are not x and y of three corners"},
      {"10 5 30 5 30 35 11", "gt.txt:2:22: outline: 7 numbers"},
      {"10 5 30 5 30 35;", "gt.txt:2:38: outline: 0 numbers"},
      {";10 5 30 5 30 35", "gt.txt:2:22: outline: 0 numbers"},
      {"10 5 30 x 30 35", "gt.txt:2:30: outline: 'x' is no number"},
      {"10 5 30 nan 30 35", "gt.txt:2:30: outline: 'nan' is no number"},
      {"10 5 30 5 30 35; 10 5 1e999 5 30 35", "gt.txt:2:44: outline: '1e999' is no number"},
      {"10 5 30 5 33 35", "gt.txt:2:32: outline: '33' lies outside of the box"},
      {".1 .1 .3 .1 .3 .7",
       "gt.txt:2:22: outline: '.1' lies outside of the box"}, // fractions, as YOLO has them
  };
  for (const auto& c : cases) {
    const auto failure = refusal("1,1,0,0,10,10,1,1,1\n1,7,10,5,20,30,1,1,1," + c.outline + "\n");
    BOOST_TEST((failure.code == ec::malformed_data));
    BOOST_TEST(failure.what.find(c.reason) == 0u, failure.what);
  }
}

BOOST_AUTO_TEST_CASE(a_file_without_any_outline_is_refused_where_they_are_needed) {
  auto options = on_100_by_50();
  options.outlines_needed = true;
  const std::string plain = "1,1,0,0,10,10,1,1,1\n";
  const auto failure = refusal(plain, options);
  BOOST_TEST((failure.code == ec::malformed_data));
  BOOST_TEST(failure.what == "gt.txt: no label has an outline, which a student with masks learns from");
  BOOST_TEST(labels_at(plain + "1,7,10,5,20,30,1,1,1,10 5 30 5 30 35\n", 0, options).size() == 2u);
  BOOST_TEST(labels_at("", 0, options).empty());
}

BOOST_AUTO_TEST_CASE(every_bad_line_is_named) {
  const struct {
    std::string line, reason;
  } cases[] = {
      {"1,1,0,0,10,10", "has 6 fields"},
      {"1,1,0,0,10,10,1,1,1,1,1", "has 11 fields"},
      {"hello", "has 1 fields"},
      {"x,1,0,0,10,10,1,1,1", "frame 'x' is no number"},
      {"1.5,1,0,0,10,10,1,1,1", "frame '1.5' is no number"},
      {",1,0,0,10,10,1,1,1", "frame '' is no number"},
      {"99999999999999999999,1,0,0,10,10,1,1,1", "is no number"},
      {"0,1,0,0,10,10,1,1,1", "frame 0 is less than 1"},
      {"-3,1,0,0,10,10,1,1,1", "frame -3 is less than 1"},
      {"1,1,a,0,10,10,1,1,1", "left 'a' is no number"},
      {"1,1,nan,0,10,10,1,1,1", "left 'nan' is no number"},
      {"1,1,0,0 0,10,10,1,1,1", "top '0 0' is no number"},
      {"1,1,0,0,1e999,10,1,1,1", "width '1e999' is no number"},
      {"1,1,0,0,10,inf,1,1,1", "height 'inf' is no number"},
      {"1,1,0,0,0,10,1,1,1", "width and height"},
      {"1,1,0,0,10,-10,1,1,1", "width and height"},
      {"1,1,0,0,10,10,yes,1,1", "flag 'yes' is no number"},
      {"1,1,0,0,10,10,1,car,1", "class 'car' is no number"},
      {"1,1,0,0,10,10,1,1,?", "visibility '?' is no number"},
  };
  for (const auto& c : cases) {
    auto failure = refusal("1,1,0,0,10,10,1,1,1\n" + c.line + "\n");
    BOOST_TEST((failure.code == ec::malformed_data));
    BOOST_TEST(failure.what.find("gt.txt:2: ") == 0u, failure.what);
    BOOST_TEST(failure.what.find(c.reason) != std::string::npos, failure.what);
  }
}

BOOST_AUTO_TEST_CASE(all_bad_lines_are_named_and_many_are_counted) {
  auto failure = refusal("bad\n1,1,0,0,10,10,1,1,1\nworse\n");
  BOOST_TEST(failure.what.find("gt.txt:1: ") != std::string::npos);
  BOOST_TEST(failure.what.find("gt.txt:3: ") != std::string::npos);
  std::string lines;
  for (int i = 0; i < 25; ++i)
    lines += "bad\n";
  BOOST_TEST(refusal(lines).what.find("and 15 more") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  auto good = on_100_by_50();
  for (auto fps :
       {0., -1., std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto options = good;
    options.fps = fps;
    BOOST_TEST((refusal("", options).code == ec::invalid_argument));
  }
  auto options = good;
  options.width = 0;
  BOOST_TEST((refusal("", options).code == ec::invalid_argument));
  options = good;
  options.view = {60, 0, 50, 50};
  BOOST_TEST((refusal("", options).code == ec::invalid_argument));
  options = good;
  options.least_inside = 2;
  BOOST_TEST((refusal("", options).code == ec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named) {
  auto teacher = make_labels_teacher(std::filesystem::path{"/nowhere/gt.txt"}, on_100_by_50());
  BOOST_TEST_REQUIRE(!teacher.has_value());
  BOOST_TEST((teacher.error().code == ec::not_found));
  BOOST_TEST(teacher.error().what.find("/nowhere/gt.txt") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
