// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/carla.hpp"

#include <map>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/video/picture_file.hpp"
#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;

BOOST_AUTO_TEST_SUITE(carla)

BOOST_AUTO_TEST_CASE(frames_of_the_simulation_become_frames_of_the_camera) {
  const auto sequence = whole(read_carla(made_sets / "carla/recording", 4));
  BOOST_TEST_REQUIRE(sequence.frames.size() == 3u);
  BOOST_TEST(sequence.frames[0].number == 1);
  BOOST_TEST(sequence.frames[1].number == 2);
  BOOST_TEST(sequence.frames[2].number == 4); // one was skipped
  BOOST_TEST(sequence.frames[2].instances.filename() == "00001015.png");
}

BOOST_AUTO_TEST_CASE(red_is_the_tag_and_green_and_blue_the_actor) {
  const auto picture = whole(read_picture(made_sets / "carla/recording/instance/00001000.png"));
  const auto classes = carla_classes(carla_tags::cityscapes);
  const auto objects = carla_objects(picture, classes, 25, true);
  BOOST_TEST_REQUIRE(objects.size() == 3u);
  std::map<std::int64_t, dataset_object> by_actor;
  for (const auto& object : objects)
    by_actor[object.track] = object;
  const auto& car = by_actor.at(0x1234);
  BOOST_TEST(classes[car.kind].name == "car");
  BOOST_TEST(car.counts);
  const auto& walker = by_actor.at(7);
  BOOST_TEST(classes[walker.kind].name == "pedestrian");
  BOOST_TEST((walker.where == pixel_box{30, 4, 3, 14}));
  BOOST_TEST(area(walker.mask) == 42u);
  BOOST_TEST(!by_actor.at(9).counts); // one pixel
}

BOOST_AUTO_TEST_CASE(older_tags_are_told_apart_by_who_says_so) {
  bytes rgb{4, 1, 0, 10, 2, 0, 14, 3, 0, 12, 4, 0}; // since 0.9.14: wall, terrain, car, pedestrian
  const image picture{4, 1, blob{std::move(rgb)}};
  const auto names = [&](carla_tags tags) {
    const auto classes = carla_classes(tags);
    std::vector<std::string> out;
    for (const auto& object : carla_objects(picture, classes, 1, false))
      out.push_back(classes[object.kind].name);
    return out;
  };
  BOOST_TEST((names(carla_tags::cityscapes) == std::vector<std::string>{"pedestrian", "car"}));
  BOOST_TEST((names(carla_tags::before_0_9_14) == std::vector<std::string>{"pedestrian", "vehicle"}));
}

BOOST_AUTO_TEST_CASE(pictures_come_in_pairs) {
  const copied made{"carla"};
  std::filesystem::remove(made / "recording/instance/00001005.png");
  check_refused(read_carla(made / "recording", 4), "rgb/00001005.png has no picture of its instances");
  std::filesystem::rename(made / "recording/rgb/00001015.png", made / "recording/rgb/00001017.png");
  check_refused(read_carla(made / "recording", 4), "instance/00001015.png has no picture in rgb");
}

BOOST_AUTO_TEST_CASE(frames_at_odd_distances_are_refused) {
  const copied made{"carla"};
  for (const auto* folder : {"recording/rgb/", "recording/instance/"})
    std::filesystem::rename(made / (folder + std::string{"00001015.png"}),
                            made / (folder + std::string{"00001016.png"}));
  check_refused(read_carla(made / "recording", 4), "00001016.png is no multiple of 5 frames after the first");
}

RC_BOOST_PROP(objects_are_the_tight_bounds_of_their_pixels, ()) {
  const auto width = *rc::gen::inRange<std::uint16_t>(1, 12), height = *rc::gen::inRange<std::uint16_t>(1, 12);
  bytes rgb(std::size_t{3} * width * height);
  for (std::size_t i = 0; i < rgb.size(); i += 3) {
    rgb[i] = *rc::gen::elementOf(std::vector<std::uint8_t>{0, 1, 12, 14});
    rgb[i + 1] = *rc::gen::elementOf(std::vector<std::uint8_t>{0, 255});
    rgb[i + 2] = *rc::gen::elementOf(std::vector<std::uint8_t>{0, 3});
  }
  const auto classes = carla_classes(carla_tags::cityscapes);
  const auto objects = carla_objects(image{width, height, blob{bytes{rgb}}}, classes, 1, true);
  std::size_t pixels = 0, wanted = 0;
  for (const auto& object : objects) {
    pixels += area(object.mask);
    RC_ASSERT(object.counts);
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x) {
        const auto* pixel = rgb.data() + 3 * (y * width + x);
        const bool mine = pixel[0] == classes[object.kind].id && (pixel[1] | pixel[2] << 8) == object.track;
        const bool inside = double(x) >= object.where.x && double(x) < object.where.x + object.where.width
                            && double(y) >= object.where.y && double(y) < object.where.y + object.where.height;
        RC_ASSERT(!mine || inside);
      }
  }
  for (std::size_t i = 0; i < rgb.size(); i += 3)
    wanted += rgb[i] >= 12;
  RC_ASSERT(pixels == wanted);
}

BOOST_AUTO_TEST_SUITE_END()
