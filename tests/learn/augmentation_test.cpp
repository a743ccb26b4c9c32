// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <set>
#include <utility>

#include "runtime/learn/augmentation.hpp"
#include "runtime/learn/batch_tensors.hpp"
#include "runtime/learn/letterbox.hpp"
#include "runtime/score/rle.hpp"
#include "tests/learn/sample_frames.hpp"

using namespace ecco;

namespace {

constexpr std::uint16_t width = 96, height = 64;
constexpr augmentation none{.flip = 0, .scale = 0, .translate = 0};

struct variant {
  std::vector<float> pixels = std::vector<float>(std::size_t{3} * width * height);
  std::vector<placed_label> labels;
};

variant draw(const labelled_frame& sample, const augmentation& how, std::uint64_t seed = 1) {
  std::mt19937_64 random{seed};
  variant out;
  out.labels = augmented(sample, how, width, height, random, out.pixels);
  return out;
}

/// Mean of the red channel within `b`, one pixel away from its border.
double brightness(const variant& v, const box& b) {
  double sum = 0;
  int n = 0;
  for (int y = static_cast<int>(b.y1) + 1; y < static_cast<int>(b.y2) - 1; ++y)
    for (int x = static_cast<int>(b.x1) + 1; x < static_cast<int>(b.x2) - 1; ++x, ++n)
      sum += v.pixels[static_cast<std::size_t>(3 * (y * width + x))];
  return n == 0 ? 0 : sum / n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(augmentations)

BOOST_AUTO_TEST_CASE(without_any_the_picture_is_the_letterbox) {
  const auto sample = a_sample("a", 3);
  const auto plain = draw(sample, none);
  std::vector<float> planes(plain.pixels.size());
  letterbox(sample.shot.picture, width, height, planes);
  const auto plane = std::size_t{width} * height;
  for (std::size_t i = 0; i < plane; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      BOOST_REQUIRE_SMALL(plain.pixels[3 * i + c] - planes[c * plane + i], 1e-4F);
  for (std::size_t i = 0; i < sample.labels.size(); ++i) {
    const auto there = to_input(sample.labels[i].where, sample.shot.picture, width, height);
    BOOST_TEST(plain.labels[i].where.x1 == there.x1, boost::test_tools::tolerance(1e-4F));
    BOOST_TEST(plain.labels[i].where.y2 == there.y2, boost::test_tools::tolerance(1e-4F));
  }
}

BOOST_AUTO_TEST_CASE(labels_stay_on_their_objects) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto v =
        draw(a_sample("a", static_cast<int>(seed)), {.flip = .5, .scale = .3, .translate = .2}, seed);
    for (const auto& l : v.labels)
      if (!l.ignore)
        BOOST_TEST(brightness(v, l.where) == (l.class_id == 0 ? 230 / 255. : 20 / 255.),
                   boost::test_tools::tolerance(.02));
  }
}

BOOST_AUTO_TEST_CASE(outlines_stay_on_their_objects) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto v = draw(a_triangle_sample("a", static_cast<int>(seed)),
                        {.flip = .5, .scale = .3, .translate = .2}, seed);
    for (const auto& l : v.labels) {
      const auto covered = decode_mask(*rle_from_rings(l.rings, height, width));
      std::size_t right = 0, either = 0;
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
          const auto red = v.pixels[3 * (y * width + x)];
          const auto shows = l.class_id == 0 ? red > .67F : red < .25F;
          right += shows && covered[x * height + y];
          either += shows || covered[x * height + y];
        }
      if (either > 100)
        BOOST_TEST(static_cast<double>(right) > .9 * static_cast<double>(either));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_same_generator_draws_the_same_variant) {
  const augmentation all{
      .flip = .5, .scale = .3, .translate = .2, .hue = .1, .saturation = .5, .brightness = .5};
  const auto sample = a_sample("a", 3);
  BOOST_CHECK(draw(sample, all, 5).pixels == draw(sample, all, 5).pixels);
  BOOST_CHECK(draw(sample, all, 5).pixels != draw(sample, all, 6).pixels);
}

BOOST_AUTO_TEST_CASE(colours_change_only_when_asked) {
  auto sample = a_sample("a", 3);
  const auto dim = draw(sample, {.flip = 0, .scale = 0, .translate = 0, .brightness = .5}, 2);
  const auto plain = draw(sample, none, 2);
  const auto ratio = dim.pixels[0] / plain.pixels[0];
  BOOST_TEST(ratio != 1.F);
  BOOST_TEST(dim.pixels[99] == std::min(1.F, plain.pixels[99] * ratio), boost::test_tools::tolerance(1e-4F));
}

BOOST_AUTO_TEST_CASE(objects_that_leave_the_picture_become_ignored_regions_or_nothing) {
  labelled_frame sample = a_sample("a", 3);
  sample.labels = {{.where = {0, 0, .05F, .5F}}};
  bool ignored = false, gone = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto v = draw(sample, {.flip = 0, .scale = 0, .translate = .2}, seed);
    gone |= v.labels.empty();
    for (const auto& l : v.labels) {
      ignored |= l.ignore;
      BOOST_TEST((l.where.x1 >= 0 && l.where.y1 >= 0 && l.where.x2 <= width && l.where.y2 <= height));
    }
  }
  BOOST_TEST(ignored);
  BOOST_TEST(gone);
}

BOOST_AUTO_TEST_CASE(a_mosaic_keeps_labels_on_their_objects) {
  const auto frames = some_samples("a", 0, 4);
  auto how = none;
  how.mosaic = 1;
  std::mt19937_64 random{3};
  const auto batch = assemble(pointers_to(frames), how, width, height, false, random, torch::kCPU);
  BOOST_TEST_REQUIRE(batch.truth.valid.sum().item<int>() == 4 * 4 * 2); // four pictures of two objects in each
  std::set<std::pair<int, int>> quarters;
  for (std::int64_t i = 0; i < 4; ++i)
    for (std::int64_t k = 0; k < batch.truth.valid.size(1); ++k) {
      const auto* corner = batch.truth.boxes[i][k].data_ptr<float>();
      const auto x1 = static_cast<std::int64_t>(corner[0]) + 2, y1 = static_cast<std::int64_t>(corner[1]) + 2;
      const auto x2 = static_cast<std::int64_t>(corner[2]) - 1, y2 = static_cast<std::int64_t>(corner[3]) - 1;
      const auto red = batch.pictures[i][0].slice(0, y1, y2).slice(1, x1, x2).mean().item<float>();
      BOOST_TEST(red == (batch.truth.classes[i][k].item<int>() == 0 ? 230 / 255.F : 20 / 255.F),
                 boost::test_tools::tolerance(.02F));
      quarters.insert({2 * x1 / width, 2 * y1 / height});
    }
  BOOST_TEST(quarters.size() == 4U);
}

BOOST_AUTO_TEST_CASE(without_a_mosaic_nothing_is_drawn_for_it) {
  const auto frames = some_samples("a", 0, 2);
  std::mt19937_64 one{3}, other{3};
  const augmentation how;
  assemble(pointers_to(frames), how, width, height, false, one, torch::kCPU);
  for (const auto& f : frames)
    draw_variation(f.shot.picture, how, width, height, other);
  BOOST_CHECK(one == other);
}

BOOST_AUTO_TEST_CASE(what_is_too_small_in_a_quarter_is_ignored) {
  const auto small = in_quarter({.where = {10, 20, 13, 60}, .class_id = 1, .ignore = false}, 48, 32);
  BOOST_TEST(small.ignore);
  BOOST_CHECK((small.where == box{53, 42, 54.5F, 62}));
  const auto large = in_quarter({.where = {10, 20, 40, 60}, .class_id = 1, .ignore = false, .rings = {{10, 20, 40, 60}}}, 0, 32);
  BOOST_TEST(!large.ignore);
  BOOST_CHECK((large.rings == std::vector<polygon>{{5, 42, 20, 62}}));
}

BOOST_AUTO_TEST_SUITE_END()
