// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <random>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "runtime/score/average_precision.hpp"
#include "tests/score/coco_oracle.hpp"

using namespace ecco;

namespace {

constexpr box left{0, 0, .4f, .4f}, right{.6f, .6f, 1, 1};

/// The corners of `b`, which is then its whole area.
std::vector<corner> ring_of(const box& b) {
  const auto at = [](float fraction) { return static_cast<std::uint16_t>(std::lround(fraction * 65'535)); };
  return {{at(b.x1), at(b.y1)}, {at(b.x2), at(b.y1)}, {at(b.x2), at(b.y2)}, {at(b.x1), at(b.y2)}};
}

frame_detections frame_of(std::vector<detection> seen, std::vector<label> truth, std::uint64_t block = 0) {
  return {std::move(seen), std::move(truth), block};
}

double map50(std::vector<frame_detections> frames) {
  return average_precision(frames).map50;
}

/// Boxes on a coarse grid with few scores and classes, so that ties of score and of overlap are common.
class random_scene {
 public:
  explicit random_scene(std::uint32_t seed) : random_{seed} {}

  std::vector<frame_detections> frames() {
    std::vector<frame_detections> all(upto(6));
    auto crowded = upto(20) == 0 ? 150u : 8u;
    for (auto& f : all) {
      f.block = upto(3);
      for (auto n = upto(6); n > 0; --n)
        f.truth.push_back({any_box(), any_class(), upto(4) == 0});
      for (auto n = upto(crowded); n > 0; --n) {
        auto near_label = !f.truth.empty() && upto(2) == 0;
        auto where = near_label ? f.truth[upto(static_cast<unsigned>(f.truth.size()))].where : any_box();
        f.seen.push_back({where, any_class(), static_cast<float>(upto(8)) / 8});
      }
    }
    return all;
  }

 private:
  unsigned upto(unsigned end) { return static_cast<unsigned>(random_() % end); }
  std::uint16_t any_class() { return static_cast<std::uint16_t>(upto(3) * 7); }
  box any_box() {
    auto at = [&] { return static_cast<float>(upto(8)) / 16; };
    auto size = [&] { return static_cast<float>(1 + upto(8)) / 16; };
    box b{at(), at(), 0, 0};
    b.x2 = b.x1 + size();
    b.y2 = b.y1 + size();
    return b;
  }

  std::mt19937 random_;
};

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 1e-12;
}

} // namespace

BOOST_AUTO_TEST_SUITE(average_precision_of_frames)

BOOST_AUTO_TEST_CASE(agrees_with_a_literal_coco_evaluation_on_six_thousand_random_scenes) {
  int undefined = 0;
  for (std::uint32_t seed = 0; seed < 6000; ++seed) {
    auto frames = random_scene{seed}.frames();
    auto ours = average_precision(frames);
    auto theirs = test::coco_average_precision(frames);
    undefined += std::isnan(ours.map);
    BOOST_TEST_REQUIRE(same(ours.map50, theirs.map50),
                       "seed " << seed << ": " << ours.map50 << " != " << theirs.map50);
    BOOST_TEST_REQUIRE(same(ours.map, theirs.map),
                       "seed " << seed << ": " << ours.map << " != " << theirs.map);
    BOOST_TEST_REQUIRE(ours.objects == theirs.objects);
  }
  BOOST_TEST(undefined > 0);
  BOOST_TEST(undefined < 3000);
}

BOOST_AUTO_TEST_CASE(perfect_detections_score_one) {
  BOOST_TEST(map50({frame_of({{left, 0, .9f}, {right, 0, .8f}}, {{left, 0, false}, {right, 0, false}})}) == 1,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(without_counted_objects_the_value_is_undefined_not_zero) {
  BOOST_TEST(std::isnan(map50({})));
  BOOST_TEST(std::isnan(map50({frame_of({{left, 0, .9f}}, {})})));
  BOOST_TEST(std::isnan(map50({frame_of({{left, 0, .9f}}, {{left, 0, true}})})));
}

BOOST_AUTO_TEST_CASE(objects_that_nobody_saw_score_zero) {
  BOOST_TEST(map50({frame_of({}, {{left, 0, false}})}) == 0);
}

BOOST_AUTO_TEST_CASE(classes_without_objects_are_left_out_of_the_mean) {
  BOOST_TEST(map50({frame_of({{left, 0, .9f}, {right, 5, .9f}}, {{left, 0, false}})}) == 1,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_second_detection_of_one_object_is_wrong) {
  auto once = frame_of({{left, 0, .9f}}, {{left, 0, false}, {right, 0, false}});
  auto twice =
      frame_of({{left, 0, .9f}, {left, 0, .8f}, {right, 0, .7f}}, {{left, 0, false}, {right, 0, false}});
  BOOST_TEST(map50({once}) == 51. / 101, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(map50({twice}) == (51. + 50 * 2 / 3.) / 101, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(detections_in_ignored_regions_count_neither_way) {
  auto alone = frame_of({{left, 0, .5f}}, {{left, 0, false}});
  auto crowd = frame_of({{right, 0, .9f}, {{.7f, .7f, .8f, .8f}, 0, .9f}, {left, 0, .5f}},
                        {{left, 0, false}, {right, 0, true}});
  BOOST_TEST(map50({crowd}) == map50({alone}));
  BOOST_TEST(average_precision(std::vector{crowd}).objects == 1);
}

BOOST_AUTO_TEST_CASE(of_labels_overlapped_equally_the_later_is_taken) {
  // The middle detection overlaps both labels equally and takes the later; the next one, which reaches
  // only the earlier, still finds it free. Were the earlier taken, the second would be wrong.
  box first{0, 0, .5f, .5f}, second{.25f, 0, .75f, .5f}, middle{.125f, 0, .625f, .5f};
  std::vector<label> truth{{first, 0, false}, {second, 0, false}};
  BOOST_TEST(map50({frame_of({{middle, 0, .9f}, {first, 0, .8f}}, truth)}) == 1,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(map50({frame_of({{middle, 0, .9f}, {second, 0, .8f}}, truth)}) < 1);
}

BOOST_AUTO_TEST_CASE(recall_thresholds_are_cocos_doubles) {
  // 7 of 20 found: recall is exactly .35, but 35 * .01 is .35000000000000003, so 35 thresholds are met,
  // not 36.
  std::vector<frame_detections> frames;
  for (int i = 0; i < 20; ++i)
    frames.push_back(frame_of(i < 7 ? std::vector<detection>{{left, 0, .9f}} : std::vector<detection>{},
                              {{left, 0, false}}));
  BOOST_TEST(map50(frames) == 35. / 101, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(only_the_hundred_surest_of_a_frame_and_class_count) {
  auto f = frame_of({}, {{left, 0, false}});
  for (int i = 0; i < 100; ++i)
    f.seen.push_back({right, 0, .9f});
  f.seen.push_back({left, 0, .1f});
  BOOST_TEST(map50({f}) == 0);
  f.seen.back().score = .95f;
  BOOST_TEST(map50({f}) == 1, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_score_that_is_not_finite_is_dropped) {
  auto f = frame_of({{right, 0, std::nanf("")}, {left, 0, .5f}}, {{left, 0, false}});
  BOOST_TEST(map50({f}) == 1, boost::test_tools::tolerance(1e-12));
}

RC_BOOST_PROP(order_of_frames_with_distinct_scores_does_not_matter, (std::uint32_t seed)) {
  auto frames = random_scene{seed}.frames();
  float next = 0;
  for (auto& f : frames)
    for (auto& d : f.seen)
      d.score = (next += 1e-3f);
  auto before = average_precision(frames);
  std::shuffle(frames.begin(), frames.end(), std::mt19937{seed});
  auto after = average_precision(frames);
  RC_ASSERT(same(before.map, after.map));
}

RC_BOOST_PROP(precision_stays_in_range_and_falls_with_stricter_overlap, (std::uint32_t seed)) {
  auto s = average_precision(random_scene{seed}.frames());
  RC_PRE(!std::isnan(s.map));
  RC_ASSERT(0 <= s.map && s.map <= 1 && 0 <= s.map50 && s.map50 <= 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(score_of_one_camera)

namespace {

/// One label a frame, found when the bit says so; `per_block` frames share one fate.
std::vector<frame_detections> fates(int frames, int per_block, std::uint32_t seed) {
  std::mt19937 random{seed};
  std::vector<frame_detections> all;
  bool found = false;
  for (int i = 0; i < frames; ++i) {
    if (i % per_block == 0)
      found = random() % 2 == 0;
    all.push_back(frame_of({{found ? left : right, 0, .5f}}, {{left, 0, false}},
                           static_cast<std::uint64_t>(i / per_block)));
  }
  return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(carries_what_average_precision_says) {
  auto frames = fates(40, 5, 1);
  auto score = score_camera(camera_id{"gate"}, frames);
  auto summary = average_precision(frames);
  BOOST_TEST(score.camera.value == "gate");
  BOOST_TEST(score.map50 == summary.map50);
  BOOST_TEST(score.map == summary.map);
  BOOST_TEST(score.frames == 40u);
  BOOST_TEST(score.objects == 40u);
}

BOOST_AUTO_TEST_CASE(the_same_frames_give_the_same_error) {
  auto frames = fates(60, 3, 2);
  BOOST_TEST((score_camera(camera_id{"a"}, frames) == score_camera(camera_id{"a"}, frames)));
}

BOOST_AUTO_TEST_CASE(a_camera_that_is_always_right_has_no_error) {
  std::vector<frame_detections> frames;
  for (std::uint64_t i = 0; i < 10; ++i)
    frames.push_back(frame_of({{left, 0, .5f}}, {{left, 0, false}}, i));
  BOOST_TEST(score_camera(camera_id{"a"}, frames).standard_error == 0);
}

BOOST_AUTO_TEST_CASE(one_block_says_nothing_about_the_spread) {
  BOOST_TEST(score_camera(camera_id{"a"}, fates(10, 10, 1)).standard_error == .5);
}

BOOST_AUTO_TEST_CASE(a_camera_without_objects_has_no_score_and_no_error) {
  auto score = score_camera(camera_id{"a"}, std::vector{frame_of({}, {})});
  BOOST_TEST(std::isnan(score.map50));
  BOOST_TEST(std::isnan(score.standard_error));
  BOOST_TEST(score.frames == 1u);
}

BOOST_AUTO_TEST_CASE(frames_that_share_a_fate_weigh_as_one) {
  // 20 blocks of 10 equal frames know no more than 20 frames: the error must not shrink by sqrt(10).
  auto few = score_camera(camera_id{"a"}, fates(20, 1, 3)).standard_error;
  auto many = score_camera(camera_id{"a"}, fates(200, 10, 3)).standard_error;
  BOOST_TEST(many > .8 * few);
  BOOST_TEST(many < 1.25 * few);
}

BOOST_AUTO_TEST_CASE(the_error_is_about_the_spread_over_fresh_draws) {
  double sum = 0, squares = 0, error = 0;
  constexpr int draws = 60;
  for (std::uint32_t seed = 0; seed < draws; ++seed) {
    auto s = score_camera(camera_id{"a"}, fates(50, 1, seed));
    sum += s.map50;
    squares += s.map50 * s.map50;
    error += s.standard_error / draws;
  }
  auto spread = std::sqrt((squares - sum * sum / draws) / (draws - 1));
  BOOST_TEST(error > .7 * spread);
  BOOST_TEST(error < 1.4 * spread);
}

BOOST_AUTO_TEST_CASE(a_change_is_the_difference_of_the_scores) {
  std::vector<frame_detections> before, after;
  for (std::uint64_t i = 0; i < 12; ++i) {
    before.push_back(frame_of(i % 3 ? std::vector<detection>{} : std::vector<detection>{{left, 0, .9F}}, {{left, 0}}, i));
    after.push_back(frame_of(i % 2 ? std::vector<detection>{} : std::vector<detection>{{left, 0, .9F}}, {{left, 0}}, i));
  }
  const auto change = change_between(before, after);
  BOOST_TEST(change.map50 == map50(after) - map50(before));
  BOOST_TEST(change.standard_error > 0);
  BOOST_TEST(change_between(after, before).map50 == -change.map50);
}

BOOST_AUTO_TEST_CASE(what_is_hard_for_both_models_is_no_error_of_their_difference) {
  std::vector<frame_detections> before, after;
  for (std::uint64_t i = 0; i < 12; ++i) {
    before.push_back(frame_of(i % 2 ? std::vector<detection>{} : std::vector<detection>{{left, 0, .9F}}, {{left, 0}}, i));
    after.push_back(before.back());
  }
  after[1].seen.push_back({left, 0, .9F});
  const auto change = change_between(before, after);
  const auto one = score_camera(camera_id{"a"}, before).standard_error, other = score_camera(camera_id{"a"}, after).standard_error;
  BOOST_TEST(change.map50 > 0);
  BOOST_TEST(change.standard_error < std::sqrt(one * one + other * other) / 1.5);
  BOOST_TEST(change_between(before, before).standard_error == 0);
}

BOOST_AUTO_TEST_CASE(a_change_without_objects_is_undefined) {
  const std::vector<frame_detections> nothing{frame_of({{left, 0, .9F}}, {}, 0), frame_of({}, {}, 1)};
  BOOST_TEST(std::isnan(change_between(nothing, nothing).map50));
}

BOOST_AUTO_TEST_CASE(members_count_equally_and_undefined_ones_not_at_all) {
  auto nan = std::nan("");
  std::vector<camera_score> scores{{camera_id{"a"}, .2, 0, 0, 100, 1000},
                                   {camera_id{"b"}, .4, 0, 0, 1, 1},
                                   {camera_id{"c"}, nan, nan, nan, 5, 0}};
  BOOST_TEST(mean_map50(scores) == .3, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(std::isnan(mean_map50(std::span{scores}.subspan(2))));
  BOOST_TEST(std::isnan(mean_map50({})));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mask_precision, *boost::unit_test::tolerance(1e-9))

BOOST_AUTO_TEST_CASE(where_labels_have_outlines_the_boxes_do_not_matter) {
  const auto scored = [&](const outline& seen) {
    return average_precision(
        std::vector{frame_of({{left, 0, .9f, seen}}, {{left, 0, false, {{ring_of(left)}}}})});
  };
  BOOST_TEST(scored({{ring_of(left)}}).map == 1);
  BOOST_TEST(scored({{ring_of({0, 0, .4f, .25f})}}).map == .3); // 5/8 of it: .5, .55 and .6 are reached
  BOOST_TEST(scored({{ring_of({0, 0, .4f, .15f})}}).map50 == 0);
  BOOST_TEST(scored({{ring_of(right)}}).map50 == 0);
  BOOST_TEST(scored({}).map50 == 0);
}

BOOST_AUTO_TEST_CASE(holes_are_not_part_of_the_object) {
  const box inner{.05f, .05f, .35f, .35f};
  const outline hollow{{ring_of(left), ring_of(inner)}};
  const auto scored = [&](const outline& seen) {
    return map50({frame_of({{left, 0, .9f, seen}}, {{left, 0, false, hollow}})});
  };
  BOOST_TEST(scored(hollow) == 1);
  BOOST_TEST(scored({{ring_of(left)}}) == 0); // 7/16 of it
}

BOOST_AUTO_TEST_CASE(a_label_without_an_outline_counts_neither_way_among_outlined_ones) {
  const outline there{{ring_of(left)}};
  const auto frames = std::vector{frame_of({{left, 0, .8f, there}, {right, 0, .9f, {{ring_of(right)}}}},
                                           {{left, 0, false, there}, {right, 0, false, {}}})};
  BOOST_TEST(average_precision(frames).map50 == 1);
  BOOST_TEST(average_precision(frames).objects == 1u);
}

BOOST_AUTO_TEST_CASE(without_any_outline_among_the_labels_boxes_are_compared) {
  BOOST_TEST(map50({frame_of({{left, 0, .9f, {{ring_of(right)}}}}, {{left, 0, false, {}}})}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
