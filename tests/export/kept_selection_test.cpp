// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/kept_selection.hpp"

#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "runtime/store/kept_frames_reader.hpp"
#include "tests/export/an_archive.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(kept_selection)

namespace {

const std::vector<label> one{a_box(.1F, .1F, .2F, .2F)};

struct a_selection : an_archive {
  kept_overview kept;

  std::vector<std::uint64_t> numbers(const frame_choice& choice) {
    std::vector<std::uint64_t> out_numbers;
    kept = look_over(state, choice).value();
    must(
        for_each_segment(state, choice, kept, [&](const std::vector<exported_frame>& frames) -> result<void> {
          for (const auto& frame : frames)
            out_numbers.push_back(frame.number);
          return {};
        }));
    BOOST_TEST(out_numbers.size() == kept.frames);
    return out_numbers;
  }
};

using list = std::vector<std::uint64_t>;

} // namespace

BOOST_FIXTURE_TEST_CASE(frames_are_chosen_by_camera_role_group_and_time, a_selection) {
  add("north", {one, std::nullopt, one});
  now += 10s;
  add("north", {one}, sample_role::held_out, group_id{4});
  now += 10s;
  add("south", {one});
  frame_choice choice;
  BOOST_TEST((numbers(choice) == list{1, 3, 4, 5}));
  choice.camera = camera_id{"north"};
  BOOST_TEST((numbers(choice) == list{1, 3, 4}));
  choice.role = sample_role::held_out;
  BOOST_TEST((numbers(choice) == list{4}));
  choice = {};
  choice.group = group_id{3};
  BOOST_TEST((numbers(choice) == list{1, 3, 5}));
  choice = {};
  choice.since = now - 10s;
  BOOST_TEST((numbers(choice) == list{4, 5}));
  choice.until = now;
  BOOST_TEST((numbers(choice) == list{4}));
}

BOOST_FIXTURE_TEST_CASE(a_group_has_what_its_members_showed_since_their_drift, a_selection) {
  const group_id none{}, seven{7};
  add("north", {one}, sample_role::train, none); // before its drift
  now += 10s;
  add("north", {one}, sample_role::train, none); // since
  add("south", {one}, sample_role::train, none); // of no member
  now += 10s;
  must(archive->joined(camera_id{"north"}, seven, 15s));
  add("north", {one}, sample_role::train, seven);
  now += 10s;
  add("north", {one}, sample_role::train, none); // it left
  frame_choice choice;
  choice.group = seven;
  BOOST_TEST((numbers(choice) == list{2, 4}));
}

BOOST_FIXTURE_TEST_CASE(classes_of_several_lives_are_told_apart_by_their_names, a_selection) {
  add("north", {{{a_box(.1F, .1F, .2F, .2F, 1)}}}); // a car
  classes = {"car", "bus"};
  begin();
  add("north", {{{a_box(.1F, .1F, .2F, .2F, 0), a_box(.1F, .1F, .2F, .2F, 1)}}});
  kept = look_over(state, {}).value();
  BOOST_TEST((kept.classes == std::vector<std::string>{"person", "car", "bus"}));
  std::vector<std::uint16_t> seen;
  must(for_each_segment(state, {}, kept, [&](const std::vector<exported_frame>& frames) -> result<void> {
    for (const auto& label : frames[0].labels)
      seen.push_back(label.class_id);
    return {};
  }));
  BOOST_TEST((seen == std::vector<std::uint16_t>{1, 1, 2}));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_told_with_what_is, a_selection) {
  const auto complaint = [&](const frame_choice& choice) {
    const auto found = look_over(state, choice);
    BOOST_TEST_REQUIRE(!found.has_value());
    BOOST_TEST((found.error().code == ec::not_found));
    return found.error().what + "; " + found.error().hint;
  };
  BOOST_TEST(complaint({}).find("no labelled frames are kept here; a server keeps them")
             != std::string::npos);
  add("north", {one});
  frame_choice choice;
  choice.group = group_id{9};
  BOOST_TEST(complaint(choice).find("of group g-0009 are kept; there are frames of g-0003")
             != std::string::npos);
  choice = {};
  choice.camera = camera_id{"west"};
  BOOST_TEST(complaint(choice).find("of camera west are kept; there are frames of north")
             != std::string::npos);
  choice = {};
  choice.role = sample_role::held_out;
  BOOST_TEST(complaint(choice).find("none of the labelled frames") != std::string::npos);
  state /= "nowhere";
  BOOST_TEST(complaint({}).find("there is no such folder") != std::string::npos);
  state = state.parent_path();
}

BOOST_FIXTURE_TEST_CASE(video_that_cannot_be_decoded_is_named_and_the_rest_is_shown, a_selection) {
  add("north", {one});
  labelled_segment broken;
  broken.video = {camera_id{"north"}, 9, incarnation{1}, sample_role::train, "h264", wide, tall, {{}},
                  blob{bytes(100, 7)}};
  broken.labels = {one};
  must(archive->keep(broken, {}));
  add("north", {one});
  kept = look_over(state, {}).value();
  std::size_t shown = 0;
  must(for_each_segment(state, {}, kept, [&](const std::vector<exported_frame>& frames) -> result<void> {
    shown += frames.size();
    return {};
  }));
  BOOST_TEST(shown == 2u);
  BOOST_TEST_REQUIRE(kept.faults.size() == 1u);
  BOOST_TEST(kept.faults[0].what.find("frame 2 of north") == 0u);
}

BOOST_FIXTURE_TEST_CASE(damage_is_named_once, a_selection) {
  add("north", {one});
  begin();
  add("north", {one});
  const auto file = kept_frame_files(state / frames_folder).value().at(0);
  std::fstream{file, std::ios::in | std::ios::out | std::ios::binary}.seekp(300) << "damage";
  BOOST_TEST((numbers({}).size() == 1u));
  BOOST_TEST_REQUIRE(kept.faults.size() == 1u);
  BOOST_TEST(kept.faults[0].what.find(file.string() + ": at byte") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
