// SPDX-License-Identifier: Apache-2.0
// What is exported comes back equal through ecco's own readers.
#include <cmath>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck/boost_test.h>

#include "deploy/dataset/coco_sequence.hpp"
#include "deploy/export/frame_exporter.hpp"
#include "runtime/dataset/yolo.hpp"
#include "runtime/score/outline_mask.hpp"
#include "runtime/video/picture_file.hpp"
#include "tests/export/an_archive.hpp"

using namespace ecco;
using namespace ecco::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(export_files)

namespace {

struct an_export : an_archive {
  std::vector<exported_frame> frames;

  /// @returns labels that the format has no words for
  std::size_t write(export_format format, const frame_choice& choice = {}) {
    fs::remove_all(out);
    fs::create_directories(out);
    frames.clear();
    auto kept = look_over(state, choice).value();
    const auto exporter = make_exporter(format, out, kept.classes);
    must(for_each_segment(state, choice, kept,
                          [&](const std::vector<exported_frame>& segment) -> result<void> {
                            for (const auto& frame : segment) {
                              frames.push_back(frame);
                              if (auto written = exporter->add(frame); !written)
                                return written;
                            }
                            return {};
                          }));
    must(exporter->finish());
    return exporter->left_out();
  }
};

std::string text_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool is_near(const pixel_box& a, const box& b) {
  constexpr double most = 1e-4;
  return std::abs(a.x - b.x1 * double{wide}) < most && std::abs(a.y - b.y1 * double{tall}) < most
         && std::abs(a.x + a.width - b.x2 * double{wide}) < most
         && std::abs(a.y + a.height - b.y2 * double{tall}) < most;
}

bool are_equal(const std::vector<dataset_object>& read, const std::vector<label>& written) {
  if (read.size() != written.size())
    return false;
  for (std::size_t i = 0; i < read.size(); ++i)
    if (read[i].kind != written[i].class_id || read[i].counts == written[i].ignore
        || !is_near(read[i].where, written[i].where))
      return false;
  return true;
}

const std::vector<label> two{a_box(.1F, .2F, .5F, .7F, 1), a_box(.5F, .25F, .75F, 1.F, 0)};

} // namespace

BOOST_FIXTURE_TEST_CASE(yolo_labels_come_back_equal_in_their_splits, an_export) {
  add("north", {two, std::vector<label>{}, std::nullopt});
  add("south", {{{a_box(0, 0, 1, 1)}}}, sample_role::held_out);
  BOOST_TEST(write(export_format::yolo) == 0u);
  const auto train = read_yolo(out / "images/train", 10).value(), val = read_yolo(out, 10).value();
  BOOST_TEST_REQUIRE(train.frames.size() == 2u);
  BOOST_TEST_REQUIRE(val.frames.size() == 1u);
  BOOST_TEST(train.classes[1].name == "car");
  BOOST_TEST(are_equal(train.frames[0].objects, two));
  BOOST_TEST(train.frames[1].objects.empty());
  BOOST_TEST(are_equal(val.frames[0].objects, {a_box(0, 0, 1, 1)}));
  BOOST_TEST(train.frames[0].picture.filename().string() == "north-00000001.png");
  BOOST_TEST(val.frames[0].picture.filename().string() == "south-00000004.png");
}

BOOST_FIXTURE_TEST_CASE(a_yolo_export_of_one_split_names_it_twice, an_export) {
  add("north", {two}, sample_role::held_out);
  write(export_format::yolo);
  const auto info = parse_yolo_info(text_of(out / "data.yaml"), "data.yaml").value();
  BOOST_TEST(info.train == "images/val");
  BOOST_TEST(info.val == "images/val");
}

BOOST_FIXTURE_TEST_CASE(yolo_leaves_out_what_it_cannot_say_and_tells, an_export) {
  add("north", {{{a_box(.1F, .1F, .2F, .2F, 0, true), two[0]}}});
  BOOST_TEST(write(export_format::yolo) == 1u);
  BOOST_TEST(are_equal(read_yolo(out, 10).value().frames[0].objects, {two[0]}));
}

BOOST_FIXTURE_TEST_CASE(a_yolo_file_with_one_outline_is_all_polygons, an_export) {
  auto outlined = two[0];
  outlined.shape.rings = {{{6000, 6000}, {30000, 6000}, {30000, 45000}}};
  add("north", {{{outlined, two[1]}}, two});
  write(export_format::yolo);
  const auto read = read_yolo(out, 10).value().frames;
  BOOST_TEST_REQUIRE(read[0].objects.size() == 2u);
  BOOST_TEST(read[0].objects[0].rings.at(0).size() == 6u);
  BOOST_TEST(read[0].objects[0].rings.at(0)[2] == 30000 / 65535. * wide, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(read[0].objects[1].rings.at(0).size() == 8u); // the corners of its box
  BOOST_TEST(is_near(read[0].objects[1].where, two[1].where));
  BOOST_TEST(read[1].objects[0].rings.empty());
}

BOOST_FIXTURE_TEST_CASE(class_names_of_any_kind_come_back_from_yaml, an_export) {
  classes = {"a: b # c", "\"quoted\" \\ \n'x'", "größe 🚲", "yes", "7"};
  add("north", {{{a_box(.1F, .1F, .2F, .2F, 4)}}});
  write(export_format::yolo);
  BOOST_TEST((parse_yolo_info(text_of(out / "data.yaml"), "data.yaml").value().names == classes));
}

BOOST_FIXTURE_TEST_CASE(coco_labels_and_pictures_come_back_equal, an_export) {
  auto with_crowd = two;
  with_crowd.push_back(a_box(.6F, .6F, .9F, .8F, 1, true));
  add("north", {with_crowd, std::vector<label>{}});
  add("south", {two}, sample_role::held_out, group_id{});
  BOOST_TEST(write(export_format::coco) == 0u);
  const auto read = read_coco_sequence(out / "instances.json", 10, false).value();
  BOOST_TEST_REQUIRE(read.frames.size() == 3u);
  BOOST_TEST(are_equal(read.frames[0].objects, with_crowd));
  BOOST_TEST(read.frames[1].objects.empty());
  BOOST_TEST(are_equal(read.frames[2].objects, two));
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST((read_picture(read.frames[i].picture).value() == frames[i].picture)); // to the last pixel
  const auto images = nlohmann::json::parse(text_of(out / "instances.json"))["images"];
  BOOST_TEST(images[2]["camera"] == "south");
  BOOST_TEST(images[2]["role"] == "held-out");
  BOOST_TEST(images[0]["group"] == 3);
  BOOST_TEST(images[0]["date_captured"] == "1970-02-11T16:00:00Z");
  BOOST_TEST(images[1]["time"] == .1);
}

BOOST_FIXTURE_TEST_CASE(coco_masks_are_those_of_the_outlines, an_export) {
  auto outlined = two[0];
  outlined.shape = a_ring();
  add("north", {{{outlined, a_box(.5F, .5F, .75F, .75F, 1, true)}}});
  write(export_format::coco);
  const auto objects = read_coco_sequence(out / "instances.json", 10, true).value().frames[0].objects;
  BOOST_TEST_REQUIRE(objects.size() == 2u);
  BOOST_TEST((objects[0].mask == mask_of(outlined.shape, tall, wide)));
  BOOST_TEST((objects[1].mask == mask_of(box{.5F, .5F, .75F, .75F}, tall, wide)));
}

BOOST_FIXTURE_TEST_CASE(coco_ids_are_the_same_in_every_export, an_export) {
  add("north", {two, two});
  add("south", {two}, sample_role::held_out);
  const auto ids_of = [&](const frame_choice& choice) {
    write(export_format::coco, choice);
    std::vector<std::vector<std::int64_t>> out_ids;
    const auto all = nlohmann::json::parse(text_of(out / "instances.json"));
    for (const auto& image : all["images"])
      for (const auto& one : all["annotations"])
        if (one["image_id"] == image["id"])
          out_ids.push_back({image["id"], one["id"], one["category_id"]});
    return out_ids;
  };
  const auto all = ids_of({});
  frame_choice held_out;
  held_out.role = sample_role::held_out;
  BOOST_TEST((ids_of(held_out) == std::vector(all.begin() + 4, all.end())));
  begin(); // the server starts anew, and goes on
  add("south", {two}, sample_role::held_out);
  const auto more = ids_of(held_out);
  BOOST_TEST((std::vector(more.begin(), more.begin() + 2) == std::vector(all.begin() + 4, all.end())));
  BOOST_TEST(more[2][0] == 4);
}

BOOST_FIXTURE_TEST_CASE(cvat_says_everything_and_escapes_it, an_export) {
  classes = {"a<b> & \"c\" 'd'\x01", "car"};
  auto outlined = two[0];
  outlined.shape.rings = {{{0, 0}, {65535, 0}, {65535, 65535}}};
  add("north", {{{a_box(.25F, .5F, .75F, 1.F, 0, true), outlined}}});
  write(export_format::cvat);
  const auto text = text_of(out / "annotations.xml");
  const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  BOOST_TEST(has("<version>1.1</version>"));
  BOOST_TEST(has("<name>a&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;?</name>"));
  BOOST_TEST(has(R"(<image id="0" name="north-00000001.png" width="64" height="48">)"));
  BOOST_TEST(has(
      R"(<box label="a&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;?" source="auto" occluded="0" z_order="0")"
      R"( xtl="16.00" ytl="24.00" xbr="48.00" ybr="48.00">)"));
  BOOST_TEST(has("<attribute name=\"ignore\">true</attribute>\n    </box>"));
  BOOST_TEST(has(R"(points="0.00,0.00;64.00,0.00;64.00,48.00">)"));
  BOOST_TEST(has("<attribute name=\"ignore\">false</attribute>\n    </polygon>"));
  BOOST_TEST((read_picture(out / "images/north-00000001.png").value() == frames[0].picture));
}

BOOST_FIXTURE_TEST_CASE(cvat_numbers_images_as_it_sorts_them, an_export) {
  add("south", {two});
  add("north", {two, two});
  write(export_format::cvat);
  const auto text = text_of(out / "annotations.xml");
  std::size_t at = 0;
  for (const auto* image : {R"(id="0" name="north-00000002.png")", R"(id="1" name="north-00000003.png")",
                            R"(id="2" name="south-00000001.png")"}) {
    at = text.find(image, at);
    BOOST_TEST_REQUIRE(at != std::string::npos, image);
  }
}

RC_BOOST_FIXTURE_PROP(any_boxes_come_back_equal, an_export, ()) {
  std::vector<label> labels(*rc::gen::inRange<std::size_t>(0, 6));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto at = [] { return static_cast<float>(*rc::gen::inRange(0, 10'000)) / 10'000; };
    const auto x = at(), y = at();
    // Each of its own size, because two that are equal are one.
    labels[i] =
        a_box(x * .5F, y * .5F, x * .5F + .01F + .05F * static_cast<float>(i), y * .5F + .3F, 0, false);
    labels[i].class_id = static_cast<std::uint16_t>(*rc::gen::inRange(0, 2));
  }
  fs::remove_all(state);
  archive.reset();
  add("north", {labels});
  write(export_format::yolo);
  RC_ASSERT(are_equal(read_yolo(out, 10).value().frames.at(0).objects, labels));
  write(export_format::coco);
  RC_ASSERT(
      are_equal(read_coco_sequence(out / "instances.json", 10, false).value().frames.at(0).objects, labels));
}

BOOST_AUTO_TEST_SUITE_END()
