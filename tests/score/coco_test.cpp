// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "runtime/score/coco_figures.hpp"
#include "tests/score/coco_scenes.hpp"

using namespace ecco;

namespace {

std::vector<double> as_list(const coco_figures& f) {
  return {f.ap,  f.ap50, f.ap75,  f.ap_small, f.ap_medium, f.ap_large,
          f.ar1, f.ar10, f.ar100, f.ar_small, f.ar_medium, f.ar_large};
}

/// -1 for what is undefined, as COCO says it.
std::vector<double> figures_of(const coco_summary& s) {
  auto list = as_list(s.all);
  for (auto& value : list)
    value = std::isnan(value) ? -1 : value;
  return list;
}

bool same(const coco_figures& a, const coco_figures& b) {
  const auto one = as_list(a), other = as_list(b);
  return std::equal(one.begin(), one.end(), other.begin(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

/// Only what is on these images, or of this category; numbered as before.
template <class Keep>
coco_scene part_of(const coco_scene& scene, Keep keep) {
  coco_scene part{scene.images, scene.categories, {}, {}, {}, {}};
  for (std::size_t i = 0; i < scene.objects.size(); ++i)
    if (keep(scene.objects[i])) {
      part.objects.push_back(scene.objects[i]);
      if (!scene.object_masks.empty())
        part.object_masks.push_back(scene.object_masks[i]);
    }
  for (std::size_t i = 0; i < scene.detections.size(); ++i)
    if (keep(scene.detections[i])) {
      part.detections.push_back(scene.detections[i]);
      if (!scene.detection_masks.empty())
        part.detection_masks.push_back(scene.detection_masks[i]);
    }
  return part;
}

/// One object an image, found on every other image of the first `found`.
coco_scene found_on(std::uint32_t found, std::uint32_t images) {
  coco_scene scene{images, 1, {}, {}, {}, {}};
  for (std::uint32_t i = 0; i < images; ++i) {
    scene.objects.push_back({i, 0, {0, 0, 10, 10}, 100, false});
    if (i < found)
      scene.detections.push_back({i, 0, {i % 2 == 0 ? 0. : 50., 0, 10, 10}, 100, .5});
  }
  return scene;
}

} // namespace

BOOST_AUTO_TEST_SUITE(coco_evaluation)

BOOST_AUTO_TEST_CASE(twelve_figures_of_twenty_four_hundred_scenes_are_those_of_pycocotools_to_the_last_bit) {
  std::ifstream file{ECCO_TEST_DATA "/score/coco_figures.txt"};
  std::uint64_t seed = 0;
  for (std::string line; std::getline(file, line); ++seed) {
    std::istringstream numbers{line};
    std::vector<double> expected{std::istream_iterator<double>{numbers}, {}};
    BOOST_TEST_REQUIRE((figures_of(summarise(match(test::random_coco_scene(seed)))) == expected),
                       "scene " << seed);
  }
  BOOST_TEST(seed == 2400u);
}

BOOST_AUTO_TEST_CASE(any_selection_of_images_is_averaged_as_if_the_others_were_not_there) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto scene = test::random_coco_scene(seed);
    std::vector<double> weights(scene.images);
    std::mt19937 random{static_cast<std::uint32_t>(seed)};
    for (auto& w : weights)
      w = random() % 2;
    const auto part = part_of(scene, [&](const auto& item) { return weights[item.image] > 0; });
    BOOST_TEST_REQUIRE(same(summarise(match(scene), weights).all, summarise(match(part)).all),
                       "scene " << seed);
  }
}

BOOST_AUTO_TEST_CASE(each_category_is_judged_as_if_it_were_alone) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto scene = test::random_coco_scene(seed);
    const auto summary = summarise(match(scene));
    for (std::uint32_t c = 0; c < scene.categories; ++c) {
      const auto part = part_of(scene, [=](const auto& item) { return item.category == c; });
      BOOST_TEST_REQUIRE(same(summary.by_category[c], summarise(match(part)).all), "scene " << seed);
    }
  }
}

BOOST_AUTO_TEST_CASE(threads_change_nothing) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto scene = test::random_coco_scene(seed);
    const auto alone = summarise(match(scene)).all;
    BOOST_TEST_REQUIRE(same(summarise(match(scene, coco_areas, 3), {}, 3).all, alone), "scene " << seed);
  }
}

BOOST_AUTO_TEST_CASE(nothing_at_all_is_undefined) {
  const auto summary = summarise(match(coco_scene{}));
  for (const auto value : as_list(summary.all))
    BOOST_TEST(std::isnan(value));
  for (const auto value : as_list(standard_errors(match(coco_scene{}), {}).all))
    BOOST_TEST(std::isnan(value));
}

BOOST_AUTO_TEST_CASE(images_of_one_block_weigh_as_one) {
  const auto matches = match(found_on(200, 200));
  std::vector<std::uint32_t> each(200), tens(200), one(200);
  for (std::uint32_t i = 0; i < 200; ++i) {
    each[i] = i;
    tens[i] = i % 2 * 10 + i / 20; // ten blocks that find all, ten that find nothing
  }
  const auto error_by_image = standard_errors(matches, each).all.ap;
  const auto error_by_block = standard_errors(matches, tens).all.ap;
  BOOST_TEST(error_by_block > 2 * error_by_image);
  BOOST_TEST(error_by_block < 5 * error_by_image); // sqrt(10) is expected
  BOOST_TEST(standard_errors(matches, one).all.ap == .5);
}

BOOST_AUTO_TEST_CASE(the_same_blocks_give_the_same_error_on_any_number_of_threads) {
  const auto matches = match(found_on(30, 40));
  std::vector<std::uint32_t> blocks(40);
  for (std::uint32_t i = 0; i < 40; ++i)
    blocks[i] = i / 4;
  const auto alone = standard_errors(matches, blocks), together = standard_errors(matches, blocks, 3);
  BOOST_TEST(same(together.all, alone.all));
  BOOST_TEST(alone.all.ap > 0);
}

BOOST_AUTO_TEST_CASE(every_figure_has_its_error_and_every_category_its_own) {
  const auto matches = match(found_on(30, 40));
  std::vector<std::uint32_t> each(40);
  std::iota(each.begin(), each.end(), 0);
  const auto figures = summarise(matches);
  const auto errors = standard_errors(matches, each);
  const auto values = as_list(figures.all), spread = as_list(errors.all);
  for (std::size_t i = 0; i < values.size(); ++i)
    BOOST_TEST(std::isnan(values[i]) == std::isnan(spread[i]));
  BOOST_TEST_REQUIRE(errors.by_category.size() == figures.by_category.size());
  // One category: it is all.
  BOOST_TEST(errors.by_category[0].ar100 == errors.all.ar100);
  // 30 of 40 are found: the standard deviation of a share.
  BOOST_TEST(std::abs(errors.all.ar100 - std::sqrt(.75 * .25 / 40)) < .02);
}

BOOST_AUTO_TEST_SUITE_END()
