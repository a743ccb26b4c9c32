// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/mot.hpp"

#include <set>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

const std::string name = "MOT17-02-FRCNN";

const dataset_object& find(const dataset_frame& frame, std::int64_t track) {
  for (const auto& object : frame.objects)
    if (object.track == track)
      return object;
  BOOST_FAIL("no object " << track);
  throw;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mot)

BOOST_AUTO_TEST_CASE(a_sequence_is_read_by_its_conventions) {
  const auto sequence = whole(read_mot(made_sets / "mot" / name));
  BOOST_TEST(sequence.name == name);
  BOOST_TEST(sequence.fps == 30);
  BOOST_TEST(!sequence.fps_is_assumed);
  BOOST_TEST_REQUIRE(sequence.frames.size() == 4u);
  BOOST_TEST((sequence.frames[0].width == 64 && sequence.frames[0].height == 32));
  // The block is drawn from pixel 8, which is the ninth.
  BOOST_TEST((find(sequence.frames[0], 1).where == pixel_box{8, 8, 8, 16}));
  BOOST_TEST((find(sequence.frames[3], 1).where == pixel_box{32, 8, 8, 16}));
  BOOST_TEST(find(sequence.frames[0], 1).counts);
  BOOST_TEST(!find(sequence.frames[1], 5).counts); // a pedestrian with flag 0
  BOOST_TEST(find(sequence.frames[0], 3).counts);  // a car: its flag is always 0
  BOOST_TEST(sequence.classes[find(sequence.frames[0], 3).kind].name == "car");
  BOOST_TEST(find(sequence.frames[1], 4).visibility == .1);
}

BOOST_AUTO_TEST_CASE(a_sequence_for_tests_has_no_truth) {
  const copied made{"mot"};
  std::filesystem::remove_all(made / (name + "/gt"));
  const auto sequence = whole(read_mot(made / name));
  BOOST_TEST(!sequence.has_truth);
  BOOST_TEST(sequence.notes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(bad_lines_are_named_with_line_and_column) {
  const std::pair<const char*, const char*> table[] = {
      {"1,1,1,1,4,4,1,1\n", "gt:1: 8 fields in place of 9"},
      {"1,1,1,1,4,4,1,1,1\n\nx,1,1,1,4,4,1,1,1\n", "gt:3:1: frame 'x' is no integer"},
      {"0,1,1,1,4,4,1,1,1\n", "gt:1:1: frame must lie in 1..4, but is 0"},
      {"5,1,1,1,4,4,1,1,1\n", "gt:1:1: frame must lie in 1..4, but is 5"},
      {"99999999999999999999,1,1,1,4,4,1,1,1\n", "gt:1:1: frame '99999999999999999999' is no integer"},
      {"1,-1,1,1,4,4,1,1,1\n", "gt:1:3: id must lie in 0..2147483647, but is -1"},
      {"1,1,nan,1,4,4,1,1,1\n", "gt:1:5: left 'nan' is no finite number"},
      {"1,1,1,inf,4,4,1,1,1\n", "gt:1:7: top 'inf' is no finite number"},
      {"1,1,1,1e400,4,4,1,1,1\n", "gt:1:7: top '1e400' is no finite number"},
      {"1,1,1e9,1,4,4,1,1,1\n", "gt:1:5: left must lie in -1e+06..1e+06, but is 1e+09"},
      {"1,1,1,1,0,4,1,1,1\n", "gt:1:9: width and height must be more than 0"},
      {"1,1,1,1,4,-4,1,1,1\n", "gt:1:11: height must lie in 0..1e+06, but is -4"},
      {"1,1,1,1,4,4,2,1,1\n", "gt:1:13: flag must lie in 0..1, but is 2"},
      {"1,1,1,1,4,4,1,14,1\n", "gt:1:15: class must lie in 1..13, but is 14"},
      {"1,1,1,1,4,4,1,1,1.5\n", "gt:1:17: visibility must lie in 0..1.001, but is 1.5"},
      {"1,1,1,1,4,4,1,1,1\n2,1,1,1,4,4,1,1,1\n1, 1,1,1,4,4,1,1,1\n",
       "gt:3:4: object 1 is on frame 1 already, by line 1"},
      {"1,1,1,1,4,4,1,1,\x1b[31m\n", "gt:1:17: visibility '?[31m' is no finite number"},
  };
  for (const auto& [text, words] : table)
    check_refused(parse_mot_truth(text, "gt", mot_flavour::challenge, 4), words);
}

BOOST_AUTO_TEST_CASE(further_classes_are_those_of_labels_txt) {
  const copied made{"mot"};
  made.write(name + "/gt/labels.txt", write_mot_names(mot_classes()) + "bus\ntruck\n");
  made.append(name + "/gt/gt.txt", "1,77,1,1,4,4,0,15,1\n");
  const auto sequence = whole(read_mot(made / name));
  BOOST_TEST_REQUIRE(sequence.classes.size() == 15u);
  BOOST_TEST(sequence.classes[0].also == mot_classes()[0].also); // a pedestrian is a person still
  const auto& truck = find(sequence.frames[0], 77);
  BOOST_TEST(sequence.classes[truck.kind].name == "truck");
  BOOST_TEST(!truck.counts);                                // the flag holds for every class here
  BOOST_TEST(!find(sequence.frames[0], 3).counts);
  made.append(name + "/gt/gt.txt", "1,78,1,1,4,4,0,16,1\n");
  check_refused(read_mot(made / name), "class must lie in 1..15, but is 16");
}

BOOST_AUTO_TEST_CASE(bad_names_of_classes_are_named) {
  check_refused(parse_mot_names(" \n", "labels"), "labels: names no class");
  check_refused(parse_mot_names("\xEF\xBB\xBF\xEF\xBB\xBF" "car\ncar\n", "labels"), "labels:1: begins with a byte-order mark");
  check_refused(parse_mot_names("car\nbus\ncar\n", "labels"), "labels:3: names a class that is there already");
  std::string many;
  for (int i = 0; i < 1001; ++i)
    many += "c" + std::to_string(i) + "\n";
  check_refused(parse_mot_names(many, "labels"), "labels:1001: is one class too many");
  const auto other = whole(parse_mot_names("car\npedestrian\n", "labels"));
  BOOST_TEST((other[0].id == 1 && other[0].name == "car" && other[1].also.empty()));
}

BOOST_AUTO_TEST_CASE(ten_faults_are_told_and_the_rest_counted) {
  std::string text;
  for (int i = 0; i < 13; ++i)
    text += "bad\n";
  check_refused(parse_mot_truth(text, "gt", mot_flavour::challenge, 4), "gt:10: 1 fields in place of 9; and 3 more");
}

BOOST_AUTO_TEST_CASE(line_ends_blanks_and_a_mark_at_the_beginning_do_no_harm) {
  const auto rows = whole(parse_mot_truth("\xef\xbb\xbf"
                                          "1, 1, 1, 1, 4, 4, 1, 1, 1\r\n \r\n",
                                          "gt", mot_flavour::challenge, 4));
  BOOST_TEST(rows.size() == 1u);
}

BOOST_AUTO_TEST_CASE(bad_seqinfo_is_named) {
  const std::string good = "[Sequence]\nname=a\nframeRate=30\nseqLength=2\nimWidth=8\nimHeight=8\n";
  BOOST_TEST(whole(parse_seqinfo(good, "ini")).length == 2);
  check_refused(parse_seqinfo("[Sequence]\nframeRate=30\nseqLength=2\nimWidth=8\n", "ini"),
                "ini: 'imHeight' is missing");
  check_refused(parse_seqinfo(good + "imWidth=9\n", "ini"), "ini:7:1: imWidth is set twice");
  check_refused(parse_seqinfo(good + "gibberish\n", "ini"), "ini:7: is neither [section] nor key=value");
  check_refused(parse_seqinfo(good + "imDir=../x\n", "ini"), "ini:7:7: imDir must name a folder within");
  check_refused(parse_seqinfo("frameRate=0\n", "ini"), "ini:1:11: frameRate must lie in 0.01..1000, but is 0");
  check_refused(parse_seqinfo("imWidth=70000\n", "ini"), "ini:1:9: imWidth must lie in 1..65535, but is 70000");
}

BOOST_AUTO_TEST_CASE(pictures_must_be_those_of_seqinfo) {
  const copied made{"mot"};
  const auto pictures = made / (name + "/img1");
  std::filesystem::rename(pictures / "000003.png", pictures / "000009.png");
  check_refused(read_mot(made / name), "the picture of frame 3 is missing");
  check_refused(read_mot(made / name), "000009.png is none of the 4 frames");
  std::filesystem::copy(pictures / "000002.png", pictures / "2.png");
  check_refused(read_mot(made / name), "frame 2 is there twice: 000002.png and 2.png");
  std::filesystem::rename(pictures / "2.png", pictures / "two.png");
  check_refused(read_mot(made / name), "two.png is not named by a frame's number");
}

BOOST_AUTO_TEST_CASE(a_picture_of_another_size_is_named) {
  const copied made{"mot"};
  std::filesystem::copy(made_sets / "visdrone/sequences/uav0000001_00000_v/0000001.png",
                        made / (name + "/img1/000002.png"), std::filesystem::copy_options::overwrite_existing);
  check_refused(read_mot(made / name), "000002.png is 48 x 32 pixels, where the sequence is 64 x 32");
}

RC_BOOST_PROP(what_is_written_is_read_back, ()) {
  std::vector<mot_row> rows;
  std::set<std::pair<std::int64_t, std::int64_t>> used;
  const auto count = *rc::gen::inRange(0, 30);
  for (int i = 0; i < count; ++i) {
    const auto quarter = [](int from, int to) { return *rc::gen::inRange(from, to) / 4.; };
    mot_row row{*rc::gen::inRange(1, 101),   *rc::gen::inRange(0, 1000), {},
                *rc::gen::arbitrary<bool>(), *rc::gen::inRange(1, 14),   *rc::gen::inRange(0, 1001) / 1000.};
    row.where = {quarter(-4000, 40000), quarter(-4000, 40000), quarter(1, 40000), quarter(1, 40000)};
    if (used.emplace(row.frame, row.track).second)
      rows.push_back(row);
  }
  RC_ASSERT(parse_mot_truth(write_mot_truth(rows), "gt", mot_flavour::challenge, 100).value() == rows);
}

BOOST_AUTO_TEST_SUITE_END()
