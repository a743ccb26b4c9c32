// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/mdot.hpp"
#include "runtime/dataset/visdrone.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

const std::string name = "uav0000001_00000_v";

} // namespace

BOOST_AUTO_TEST_SUITE(drones)

BOOST_AUTO_TEST_CASE(visdrone_is_read_by_its_conventions) {
  for (const auto* end : {"", "/"}) {
    const auto sequence = whole(read_visdrone((made_sets / "visdrone/sequences" / name).string() + end, 25));
    BOOST_TEST(sequence.name == name);
    BOOST_TEST(sequence.fps_is_assumed);
    BOOST_TEST_REQUIRE(sequence.frames.size() == 3u);
    BOOST_TEST(sequence.frames[2].number == 4); // the third is missing, and time goes on
    const auto& first = sequence.frames[0].objects;
    BOOST_TEST_REQUIRE(first.size() == 4u);
    BOOST_TEST((first[0].where == pixel_box{8, 4, 8, 8})); // pixels count from 0
    BOOST_TEST(sequence.classes[first[1].kind].region);
    BOOST_TEST(!first[1].counts);
    BOOST_TEST(sequence.classes[first[2].kind].name == "others");
    BOOST_TEST((first[3].counts && first[3].occlusion == 2)); // heavily occluded counts
    const auto& second = sequence.frames[1].objects;
    BOOST_TEST_REQUIRE(second.size() == 3u);
    BOOST_TEST(!second[1].counts); // truncated by more than half
    BOOST_TEST(!second[2].counts); // not to be used
    BOOST_TEST_REQUIRE(sequence.notes.size() == 1u);
    BOOST_TEST(sequence.notes[0] == "1 boxes without an area are left out");
  }
}

BOOST_AUTO_TEST_CASE(bad_lines_are_named_with_line_and_column) {
  const std::pair<const char*, const char*> table[] = {
      {"1,1,1,1,4,4,1,1,0\n", "a:1: 9 fields in place of 10"},
      {"1,1,1,1,4,4,2,1,0,0\n", "a:1:13: score must lie in 0..1, but is 2"},
      {"1,1,1,1,4,4,1,12,0,0\n", "a:1:15: category must lie in 0..11, but is 12"},
      {"1,1,1,1,4,4,1,1,3,0\n", "a:1:17: truncation must lie in -1..2, but is 3"},
      {"1,1,1,1,4,4,1,1,0,7\n", "a:1:19: occlusion must lie in -1..2, but is 7"},
      {"1,1,1,1,-4,4,1,1,0,0\n", "a:1:9: width must lie in 0..1e+06, but is -4"},
      {"1,1,1,1,4,4,1,1,0,0\n1,1,2,2,4,4,1,1,0,0\n", "a:2:3: object 1 is on frame 1 already, by line 1"},
      {"9,1,1,1,4,4,1,1,0,0\n", "a:1:1: frame must lie in 1..8, but is 9"},
  };
  for (const auto& [text, words] : table)
    check_refused(parse_visdrone(text, "a", 8), words);
  BOOST_TEST(whole(parse_visdrone("1,0,1,1,4,4,0,0,0,0\n1,0,9,9,4,4,0,0,0,0\n", "a", 8)).rows.size() == 2u);
}

BOOST_AUTO_TEST_CASE(two_drones_see_one_target) {
  for (const auto* drone : {"md2001-1", "md2001-2"}) {
    const auto sequence = whole(read_mdot(made_sets / "mdot/two/md2001" / drone, 25));
    BOOST_TEST_REQUIRE(sequence.frames.size() == 3u);
    BOOST_TEST(sequence.frames[0].objects.size() == 1u);
    BOOST_TEST(sequence.frames[1].objects.empty()); // out of view
    BOOST_TEST((sequence.frames[2].objects.at(0).where == pixel_box{18, 6, 6, 6}));
    BOOST_TEST(sequence.frames[2].objects[0].counts == (sequence.name == "md2001-1")); // hidden from the other
  }
}

BOOST_AUTO_TEST_CASE(bad_targets_are_named) {
  check_refused(parse_mdot("1,2,3\n", "g"), "g:1: 3 fields in place of 4");
  check_refused(parse_mdot("1 2 3 4\n1 2 x 4\n", "g"), "g:2:5: width 'x' is no finite number");
  check_refused(parse_mdot("5,5,-1,4\n", "g"), "g:1:5: width must lie in 0..1e+06, but is -1");
  for (const auto* unseen : {"nan,nan,nan,nan\n", "0,0,0,0\n", "5,5,0,4\n"})
    BOOST_TEST(!whole(parse_mdot(unseen, "g")).at(0).has_value());
  check_refused(parse_mdot_flags("0\n2\n", "g"), "g:2:1: flag must lie in 0..1, but is 2");
  check_refused(parse_mdot_flags("0,1\n", "g"), "g:1: 2 fields in place of 1");
  const copied made{"mdot"};
  const auto drone = made / "two/md2001/md2001-1";
  made.append("two/md2001/md2001-1/groundtruth.txt", "1,1,1,1\n");
  check_refused(read_mdot(drone, 25), "groundtruth.txt: 4 lines for 3 pictures");
  std::filesystem::remove(drone / "groundtruth.txt");
  BOOST_TEST(!whole(read_mdot(drone, 25)).has_truth);
  made.write("two/md2001/md2001-2/occlusion.txt", "0\n");
  check_refused(read_mdot(made / "two/md2001/md2001-2", 25), "occlusion.txt: 1 lines for 3 pictures");
}

BOOST_AUTO_TEST_SUITE_END()
