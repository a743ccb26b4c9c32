// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "deploy/coco/read_coco.hpp"
#include "deploy/dataset/read_dataset.hpp"
#include "deploy/world/contact_sheet.hpp"
#include "deploy/world/rendering.hpp"
#include "deploy/world/world_source.hpp"
#include "deploy/world/world_teacher.hpp"
#include "runtime/dataset/class_map.hpp"
#include "runtime/learn/outlines.hpp"
#include "runtime/video/picture_file.hpp"
#include "tests/support/rings.hpp"

namespace ecco {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone at the end.
struct folder {
  fs::path at = fs::temp_directory_path() / ("ecco-world-files-" + std::to_string(std::random_device{}()));
  folder() { fs::create_directories(at); }
  ~folder() {
    std::error_code ignored;
    fs::remove_all(at, ignored);
  }
};

constexpr auto some_camera = "downtown-1?seed=3&fps=5&size=192x128";
const int some_pictures = 4;

/// The same pictures as `render` writes.
std::vector<world::shot> the_shots() {
  const auto from = world::read_address(std::string{"world:"} + some_camera).value();
  world::world_camera camera{std::make_shared<const world::world>(from.world), from.camera};
  std::vector<world::shot> all;
  for (int k = 0; k < some_pictures; ++k)
    all.push_back(camera.at(20 + k / 5.));
  return all;
}

world_result render(const fs::path& to, std::optional<label_format> labels) {
  world_request asked;
  asked.cameras = {some_camera};
  asked.at = {20};
  asked.seconds = some_pictures / 5.;
  asked.labels = labels;
  asked.out = to;
  return render_world(asked, [](std::size_t, std::size_t) {}).value();
}

BOOST_AUTO_TEST_SUITE(world_files)

BOOST_AUTO_TEST_CASE(coco_labels_come_back_equal) {
  const folder out;
  render(out.at, label_format::coco);
  const auto read = read_coco_truth(out.at / "instances.json", coco_regions::masks);
  BOOST_REQUIRE(read.has_value());
  const auto shots = the_shots();
  BOOST_REQUIRE(read->images.size() == shots.size());
  std::size_t next = 0;
  for (std::size_t k = 0; k < shots.size(); ++k) {
    const auto picture = read_picture(out.at / read->images[k].file);
    BOOST_REQUIRE(picture.has_value());
    BOOST_TEST((*picture == shots[k].picture));
    next += shots[k].objects.size();
  }
  BOOST_REQUIRE(read->scene.objects.size() == next);
  const auto boxes = read_coco_truth(out.at / "instances.json", coco_regions::boxes).value();
  std::size_t i = 0;
  for (const auto& shot : shots)
    for (const auto& one : shot.objects) {
      const auto& given = boxes.scene.objects[i++];
      const pixel_box box{static_cast<double>(one.x0), static_cast<double>(one.y0),
                          static_cast<double>(one.x1 - one.x0), static_cast<double>(one.y1 - one.y0)};
      BOOST_TEST((given.where == box));
      BOOST_TEST(given.area == one.pixels);
      BOOST_TEST(given.crowd == !world::counts(one, {}));
    }
}

const std::vector<std::string> city_classes{"person", "bicycle", "car", "bus", "truck"};

/// The place of a class in that list.
std::size_t place_of(world::object_class kind) {
  for (std::size_t i = 0; i < world::labelled_classes.size(); ++i)
    if (world::labelled_classes[i].kind == kind)
      return i;
  return 99;
}

/// What the city's objects are once they are read by the project's own readers.
struct wanted_object {
  std::size_t class_id = 0;
  pixel_box where;
  bool counts = true;
};

std::vector<wanted_object> wanted(const world::shot& seen, bool with_ignored) {
  std::vector<wanted_object> all;
  for (const auto& one : seen.objects)
    if (with_ignored || world::counts(one, {}))
      all.push_back({place_of(one.kind),
                     {static_cast<double>(one.x0), static_cast<double>(one.y0), static_cast<double>(one.x1 - one.x0),
                      static_cast<double>(one.y1 - one.y0)},
                     world::counts(one, {})});
  return all;
}

/// A configured camera's `source: "LAYOUT:PATH"`, as its teacher understands it.
void check_read_back(const std::string& source, bool with_ignored, double tolerance) {
  const auto sequence = read_dataset(dataset_named_by(source).value(), 5, false);
  BOOST_REQUIRE_MESSAGE(sequence.has_value(), (sequence ? "" : sequence.error().what));
  const auto fates = map_classes(sequence->classes, city_classes).value();
  const auto shots = the_shots();
  BOOST_REQUIRE(sequence->frames.size() == shots.size());
  std::set<std::size_t> kinds;
  for (std::size_t k = 0; k < shots.size(); ++k) {
    const auto& frame = sequence->frames[k];
    BOOST_TEST((read_picture(frame.picture).value() == shots[k].picture));
    const auto should = wanted(shots[k], with_ignored);
    BOOST_REQUIRE(frame.objects.size() == should.size());
    for (std::size_t i = 0; i < should.size(); ++i) {
      const auto& read = frame.objects[i];
      const auto& fate = fates.at(read.kind);
      BOOST_TEST((fate.what == class_fate::kind::object));
      BOOST_TEST(fate.class_id == should[i].class_id);
      BOOST_TEST(read.counts == should[i].counts);
      BOOST_TEST(std::abs(read.where.x - should[i].where.x) <= tolerance);
      BOOST_TEST(std::abs(read.where.y - should[i].where.y) <= tolerance);
      BOOST_TEST(std::abs(read.where.width - should[i].where.width) <= tolerance);
      BOOST_TEST(std::abs(read.where.height - should[i].where.height) <= tolerance);
      kinds.insert(should[i].class_id);
    }
  }
  BOOST_TEST(kinds.size() > 1u);
}

BOOST_AUTO_TEST_CASE(mot_labels_are_a_source_that_is_read_back_equal) {
  const folder out;
  render(out.at, label_format::mot);
  check_read_back("mot:" + out.at.string(), true, 0);
  const auto sequence = read_dataset({dataset_layout::mot, out.at.string()}, 1, false).value();
  BOOST_TEST(sequence.fps == 5);
  // The same object has the same number on every frame, and nobody else has it.
  const auto shots = the_shots();
  std::map<std::int64_t, std::uint64_t> ids;
  for (std::size_t k = 0; k < shots.size(); ++k)
    for (std::size_t i = 0; i < shots[k].objects.size(); ++i) {
      const auto& read = sequence.frames[k].objects[i];
      BOOST_TEST(ids.try_emplace(read.track, shots[k].objects[i].id).first->second == shots[k].objects[i].id);
      BOOST_TEST(std::abs(read.visibility - static_cast<double>(shots[k].objects[i].visible)) <= 5e-5);
    }
}

BOOST_AUTO_TEST_CASE(classes_that_mot_lacks_are_named_beside_it) {
  const folder out;
  const auto writer = write_labels(out.at, label_format::mot, 5, {});
  world::shot seen;
  seen.picture = {64, 32, blob{bytes(3 * 64 * 32, 0)}};
  int x = 0;
  for (const auto& one : world::labelled_classes)
    seen.objects.push_back({static_cast<std::uint64_t>(x), one.kind, x, 1, (x += 10), 21, 200, 1});
  BOOST_REQUIRE(writer->add(seen, 0).has_value());
  BOOST_REQUIRE(writer->finish().has_value());
  std::ifstream lines{out.at / "gt" / "gt.txt"};
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);)
    all.push_back(line);
  const std::vector<std::string> should{"1,1,1,2,10,20,1,1,1", "1,2,11,2,10,20,1,4,1", "1,3,21,2,10,20,1,3,1",
                                        "1,4,31,2,10,20,1,14,1", "1,5,41,2,10,20,1,15,1"};
  BOOST_TEST(all == should, boost::test_tools::per_element());
  std::stringstream names;
  names << std::ifstream{out.at / "gt" / "labels.txt"}.rdbuf();
  BOOST_TEST(names.str().ends_with("crowd\nbus\ntruck\n"));
}

BOOST_AUTO_TEST_CASE(yolo_labels_are_a_source_that_is_read_back_equal) {
  const folder out;
  render(out.at, label_format::yolo);
  check_read_back("yolo:" + out.at.string(), false, 1e-9);
}

BOOST_AUTO_TEST_CASE(coco_labels_are_a_source_that_is_read_back_equal) {
  const folder out;
  render(out.at, label_format::coco);
  const auto file = out.at / "instances.json";
  check_read_back("coco:" + file.string(), true, 0);
  const auto sequence = read_dataset({dataset_layout::coco, file.string()}, 5, true).value();
  const auto shots = the_shots();
  for (std::size_t k = 0; k < shots.size(); ++k)
    for (std::size_t i = 0; i < shots[k].objects.size(); ++i) {
      const auto pixels = decode_mask(sequence.frames[k].objects[i].mask);
      bool same = pixels.size() == shots[k].owners.size();
      for (std::size_t y = 0; y < 128 && same; ++y)
        for (std::size_t x = 0; x < 192 && same; ++x)
          same = (pixels[x * 128 + y] != 0) == (shots[k].owners[y * 192 + x] == i + 1);
      BOOST_TEST(same, "object " << i << " of frame " << k);
    }
}

BOOST_AUTO_TEST_CASE(a_video_has_all_its_pictures) {
  const folder out;
  const auto made = render(out.at, {});
  BOOST_TEST(made.pictures == static_cast<std::size_t>(some_pictures));
  const auto source = open_source({(out.at / "video.mp4").string(), false, {}}).value();
  for (int k = 0; k < some_pictures; ++k) {
    const auto shown = source->next();
    BOOST_REQUIRE(shown.has_value());
    BOOST_TEST(shown->picture.width == 192);
  }
  BOOST_TEST(!source->next().has_value());
}

BOOST_AUTO_TEST_CASE(a_city_camera_is_a_source) {
  const auto source = open_world_source({std::string{"world:"} + some_camera + "&at=20", true, {}}).value();
  const auto shots = the_shots();
  for (int k = 0; k < some_pictures; ++k) {
    const auto shown = source->next().value();
    BOOST_TEST((shown.picture == shots[static_cast<std::size_t>(k)].picture));
    BOOST_TEST((shown.media_time == from_seconds(k / 5.)));
    BOOST_TEST((shown.stream_time == shown.media_time));
  }
}

BOOST_AUTO_TEST_CASE(the_city_teaches_its_truth) {
  const auto address = std::string{"world:"} + some_camera + "&at=20";
  const auto teacher = make_world_teacher(address, {"truck", "car", "bear"}, false).value();
  const auto shots = the_shots();
  std::size_t cars = 0;
  for (int k = 0; k < some_pictures; ++k) {
    frame asked;
    asked.media_time = from_seconds(k / 5.);
    const auto given = teacher->label_frame(asked).value();
    std::size_t next = 0;
    for (const auto& one : world::labels_of(shots[static_cast<std::size_t>(k)])) {
      if (one.class_id != 2 && one.class_id != 7)
        continue;
      BOOST_REQUIRE(next < given.size());
      BOOST_TEST((given[next].where == one.where));
      BOOST_TEST(given[next].class_id == (one.class_id == 7 ? 0 : 1));
      BOOST_TEST(given[next].ignore == one.ignore);
      ++next;
      cars += one.class_id == 2 ? 1 : 0;
    }
    BOOST_TEST(given.size() == next);
  }
  BOOST_TEST(cars > 0u);
  BOOST_TEST(!make_world_teacher(address, {"bear"}, false).has_value());
  BOOST_TEST(!make_world_teacher("world:moon-1", {"car"}, false).has_value());
}

BOOST_AUTO_TEST_CASE(outlines_are_those_of_the_pixels) {
  const auto teacher = make_world_teacher(std::string{"world:"} + some_camera + "&at=20", city_classes, true).value();
  const auto shots = the_shots();
  int checked = 0;
  for (std::size_t k = 0; k < shots.size(); ++k) {
    frame asked;
    asked.media_time = from_seconds(static_cast<double>(k) / 5);
    const auto labels = teacher->label_frame(asked).value();
    std::size_t next = 0;
    for (std::size_t i = 0; i < shots[k].objects.size(); ++i) {
      if (shots[k].objects[i].pixels < world::least_labelled_pixels)
        continue;
      const auto& given = labels.at(next++);
      BOOST_TEST(!given.shape.empty());
      std::vector<polygon> rings;
      for (const auto& ring : given.shape.rings) {
        polygon corners;
        for (const auto& corner : ring)
          corners.insert(corners.end(), {corner.x * 192. / 65535, corner.y * 128. / 65535});
        rings.push_back(std::move(corners));
      }
      std::size_t both = 0, either = 0;
      for (int y = 0; y < 128; ++y)
        for (int x = 0; x < 192; ++x) {
          const bool owned = shots[k].owners[static_cast<std::size_t>(y * 192 + x)] == i + 1;
          const bool drawn = test::holds(rings, x + .5, y + .5);
          both += owned && drawn ? 1 : 0;
          either += owned || drawn ? 1 : 0;
        }
      BOOST_TEST(both == either);
      ++checked;
    }
    BOOST_TEST(labels.size() == next);
  }
  BOOST_TEST(checked > 8);
}

BOOST_AUTO_TEST_CASE(filters_change_what_a_city_camera_shows_from_their_time_on) {
  const auto address = std::string{"world:"} + some_camera + "&at=20";
  const auto plain = open_world_source({address, true, {}}).value();
  const auto filtered = open_world_source({address, true, {{from_seconds(.4), "negate"}}}).value();
  for (int k = 0; k < some_pictures; ++k) {
    const auto was = plain->next().value(), is = filtered->next().value();
    BOOST_TEST((is.media_time == was.media_time && is.stream_time == was.stream_time));
    const auto a = was.picture.rgb.view(), b = is.picture.rgb.view();
    BOOST_REQUIRE(a.size() == b.size());
    bool good = true;
    for (std::size_t i = 0; i < a.size(); ++i)
      good = good && b[i] == (k < 2 ? a[i] : 255 - a[i]);
    BOOST_TEST(good, "picture " << k);
  }
  const auto scaled = open_world_source({address, true, {{duration{}, "scale=96:64"}}}).value();
  BOOST_TEST(scaled->next().value().picture.width == 96);
}

BOOST_AUTO_TEST_CASE(a_filter_that_is_none_is_named) {
  const auto refused = open_world_source({"world:park-1", true, {{duration{}, "nosuchfilter"}}});
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().what.find("world:park-1") != std::string::npos, refused.error().what);
  BOOST_TEST(refused.error().what.find("nosuchfilter") != std::string::npos, refused.error().what);
}

BOOST_AUTO_TEST_CASE(a_sheet_shows_every_camera_at_every_moment) {
  const folder out;
  world_request asked;
  asked.cameras = {some_camera, "suburb-1?seed=3&size=192x128"};
  asked.at = {5, 20, 30};
  asked.out = out.at / "sheet.png";
  asked.boxes = true;
  const auto made = show_world(asked).value();
  BOOST_TEST(made.pictures == 6u);
  const auto sheet = read_picture(asked.out).value();
  BOOST_TEST(sheet.width == 3 * 192 + 2 * 4);
  BOOST_TEST(sheet.height == 2 * 128 + 4);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_says_why) {
  world_request asked;
  asked.out = "/dev/null/sheet.png";
  BOOST_TEST((show_world(asked).error().code == ec::invalid_argument));
  asked.cameras = {"moon-1"};
  BOOST_TEST((show_world(asked).error().code == ec::invalid_argument));
  asked.cameras = {some_camera};
  BOOST_TEST((show_world(asked).error().code == ec::io_failed));
  asked.seconds = 1e9;
  BOOST_TEST((render_world(asked, {}).error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
