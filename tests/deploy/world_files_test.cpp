// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "deploy/coco/read_coco.hpp"
#include "deploy/world/contact_sheet.hpp"
#include "deploy/world/rendering.hpp"
#include "deploy/world/world_source.hpp"
#include "deploy/world/world_teacher.hpp"
#include "runtime/learn/labels_teacher.hpp"
#include "runtime/video/picture_file.hpp"

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

BOOST_AUTO_TEST_CASE(mot_labels_come_back_equal) {
  const folder out;
  render(out.at, label_format::mot);
  labels_options options;
  options.fps = 5;
  options.width = 192;
  options.height = 128;
  options.least_visible = 0;
  options.classes = {{1, 0}, {2, 1}, {3, 2}, {6, 5}, {8, 7}};
  const auto teacher = make_labels_teacher(out.at / "gt" / "gt.txt", options).value();
  const auto shots = the_shots();
  for (std::size_t k = 0; k < shots.size(); ++k) {
    frame asked;
    asked.media_time = from_seconds(static_cast<double>(k) / 5);
    asked.picture = shots[k].picture;
    const auto labels = teacher->label_frame(asked).value();
    BOOST_REQUIRE(labels.size() == shots[k].objects.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto& one = shots[k].objects[i];
      BOOST_TEST(labels[i].class_id == static_cast<int>(one.kind));
      BOOST_TEST(labels[i].ignore == !world::counts(one, {}));
      BOOST_TEST(std::abs(labels[i].where.x1 * 192 - static_cast<float>(one.x0)) < 1e-3f);
      BOOST_TEST(std::abs(labels[i].where.y2 * 128 - static_cast<float>(one.y1)) < 1e-3f);
    }
  }
}

BOOST_AUTO_TEST_CASE(yolo_labels_come_back_equal) {
  const folder out;
  render(out.at, label_format::yolo);
  const auto shots = the_shots();
  for (std::size_t k = 0; k < shots.size(); ++k) {
    const auto name = picture_name(label_format::yolo, k);
    BOOST_TEST((read_picture(out.at / name).value() == shots[k].picture));
    std::ifstream lines{out.at / "labels" / (name.stem().string() + ".txt")};
    for (const auto& one : shots[k].objects) {
      if (!world::counts(one, {}))
        continue;
      int kind = -1;
      double x = 0, y = 0, wide = 0, tall = 0;
      BOOST_REQUIRE(lines >> kind >> x >> y >> wide >> tall);
      BOOST_TEST(kind == static_cast<int>(one.kind));
      BOOST_TEST(std::lround((x - wide / 2) * 192) == one.x0);
      BOOST_TEST(std::lround((y + tall / 2) * 128) == one.y1);
    }
    std::string rest;
    BOOST_TEST(!(lines >> rest));
  }
  std::stringstream names;
  names << std::ifstream{out.at / "data.yaml"}.rdbuf();
  BOOST_TEST(names.str().find("7: truck") != std::string::npos);
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
  const auto teacher = make_world_teacher(address, {"truck", "car", "bear"}).value();
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
  BOOST_TEST(!make_world_teacher(address, {"bear"}).has_value());
  BOOST_TEST(!make_world_teacher("world:moon-1", {"car"}).has_value());
}

BOOST_AUTO_TEST_CASE(filters_on_a_city_camera_are_refused_with_the_cure) {
  const auto refused = open_world_source({"world:park-1", true, {{duration{}, "negate"}}});
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().hint.find("rain=1@30") != std::string::npos);
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
