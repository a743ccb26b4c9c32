// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/dataset_teacher.hpp"

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "deploy/dataset/read_dataset.hpp"
#include "runtime/score/outline_mask.hpp"
#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

result<std::unique_ptr<teacher>> teacher_of(const std::string& source, const std::vector<std::string>& classes,
                                            bool outlines_needed = false) {
  const auto place = dataset_named_by(source);
  return make_dataset_teacher(
      whole(read_dataset({place->layout, (made_sets / place->path).string(), place->options}, 10, outlines_needed)),
      classes,
      outlines_needed);
}

std::vector<label> labels_at(teacher& of, duration media_time) {
  frame shot;
  shot.media_time = media_time;
  return whole(of.label_frame(shot));
}

std::size_t counted(const std::vector<label>& labels) {
  return static_cast<std::size_t>(
      std::count_if(labels.begin(), labels.end(), [](const label& l) { return !l.ignore; }));
}

bool near(const box& a, const box& b) {
  return std::abs(a.x1 - b.x1) + std::abs(a.y1 - b.y1) + std::abs(a.x2 - b.x2) + std::abs(a.y2 - b.y2) < 1e-5F;
}

/// Outlines of masks cut the corners of pixels: a rectangle may lose its four.
bool is_nearly(const rle& mask, const rle& wanted) {
  return area(mask) == intersection(mask, wanted) && area(mask) + 4 >= area(wanted);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dataset_teachers)

BOOST_AUTO_TEST_CASE(mot_teaches_pedestrians_and_forgives_what_it_does_not_evaluate) {
  const auto of = whole(teacher_of("mot:mot/MOT17-02-FRCNN", {"person"}));
  const auto first = labels_at(*of, 0ms);
  BOOST_TEST_REQUIRE(first.size() == 2u); // and the car is background
  BOOST_TEST(near(first[0].where, {.125F, .25F, .25F, .75F}));
  BOOST_TEST(!first[0].ignore);
  BOOST_TEST(first[1].ignore); // in a poster
  const auto second = labels_at(*of, 33ms);
  BOOST_TEST(second.size() == 3u);
  BOOST_TEST(counted(second) == 1u); // one is hidden, one has flag 0
  const auto third = labels_at(*of, 67ms);
  BOOST_TEST(third.size() == 2u);   // the occluder is background
  BOOST_TEST(counted(third) == 1u); // one is mostly beyond the picture
}

BOOST_AUTO_TEST_CASE(cars_of_mot_are_objects_where_cars_are_wanted) {
  const auto of = whole(teacher_of("mot:mot/MOT17-02-FRCNN", {"person", "car"}));
  const auto first = labels_at(*of, 0ms);
  BOOST_TEST_REQUIRE(first.size() == 3u);
  BOOST_TEST((first[2].class_id == 1 && !first[2].ignore));
}

BOOST_AUTO_TEST_CASE(visdrone_ignores_its_regions_and_others) {
  const auto of = whole(teacher_of("visdrone:visdrone/sequences/uav0000001_00000_v", {"person", "car"}));
  const auto first = labels_at(*of, 0ms);
  BOOST_TEST_REQUIRE(first.size() == 4u);
  BOOST_TEST(counted(first) == 2u);          // the pedestrian, and the van as a car
  BOOST_TEST(labels_at(*of, 200ms).empty()); // no such frame
  BOOST_TEST(counted(labels_at(*of, 300ms)) == 1u);
}

BOOST_AUTO_TEST_CASE(a_class_that_is_said_to_be_nothing_is_neither_learnt_nor_background) {
  const auto of = whole(teacher_of("visdrone:visdrone/sequences/uav0000001_00000_v?classes=van:", {"person", "car"}));
  const auto first = labels_at(*of, 0ms);
  BOOST_TEST_REQUIRE(first.size() == 4u);
  BOOST_TEST(counted(first) == 1u); // the pedestrian
}

BOOST_AUTO_TEST_CASE(cityflow_ignores_what_lies_beyond_its_region) {
  const auto of = whole(teacher_of("cityflow:cityflow/train/S03/c015", {"car"}));
  for (int n = 0; n < 6; ++n) {
    const auto labels = labels_at(*of, n * 125ms); // 8 frames a second
    BOOST_TEST_REQUIRE(!labels.empty());
    BOOST_TEST(near(labels[0].where, {0, 0, 1, 1.F / 3}));
    BOOST_TEST(labels[0].ignore);
    BOOST_TEST(counted(labels) == (n == 2 ? 0u : 1u));
    if (n != 2)
      BOOST_TEST(near(labels[1].where, {float(4 * n + 4) / 64, 16.F / 48, float(4 * n + 12) / 64, 24.F / 48}));
  }
}

BOOST_AUTO_TEST_CASE(shapes_cover_the_pixels_they_were_made_of) {
  const auto carla = whole(teacher_of("carla:carla/recording", {"person", "car"}, true));
  const auto seen = labels_at(*carla, 0ms);
  BOOST_TEST_REQUIRE(seen.size() == 3u);
  BOOST_TEST(counted(seen) == 2u); // the car of one pixel is too small to tell
  for (const auto& one : seen)
    if (!one.ignore)
      BOOST_TEST(is_nearly(mask_of(one.shape, 24, 40), mask_of(one.where, 24, 40)));
  const auto coco = whole(teacher_of("coco:coco/annotations/instances_val2017.json", {"car"}, true));
  const auto car = labels_at(*coco, 0ms).at(0);
  BOOST_TEST(is_nearly(mask_of(car.shape, 30, 40), mask_of(car.where, 30, 40)));
  const auto yolo = whole(teacher_of("yolo:yolo", {"person"}, true));
  BOOST_TEST(area(mask_of(labels_at(*yolo, 100ms).at(0).shape, 20, 40)) == 80u);
}

BOOST_AUTO_TEST_CASE(what_cannot_teach_is_refused) {
  check_refused(teacher_of("mot:mot/MOT17-02-FRCNN", {"person"}, true), "no label has a shape");
  check_refused(teacher_of("mot:mot/MOT17-02-FRCNN", {"dog"}), "none of the data set's classes");
  check_refused(teacher_of("mdot:mdot/two/md2001/md2001-1", {"person"}), "none of the data set's classes (target)");
  auto sequence = whole(read_dataset({dataset_layout::mot, (made_sets / "mot/MOT17-02-FRCNN").string()}, 10, false));
  sequence.has_truth = false;
  check_refused(make_dataset_teacher(std::move(sequence), {"person"}, false), "has no labels to teach with");
}

BOOST_AUTO_TEST_SUITE_END()
