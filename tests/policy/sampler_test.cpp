// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampler.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

using namespace ecco;
using namespace std::chrono_literals;

namespace {

const camera_id still{"still"}, car{"car"}, known{"known"};
const group_id group{1};
constexpr sampling_plan whole{6, 2, 960, 576, 500'000, {10, 5, 1, 3}};

sampler_options options_of(sampling_mode mode) {
  sampler_options out;
  out.mode = mode;
  out.whole = whole;
  out.window = 10s;
  out.mobile = {car};
  return out;
}

/// All of one device that trains so many pixels a second and labels a thousand frames.
gpu_share share(double pixels, duration c = 10s, double labels = 1000) {
  return {group, 3, 1, c, 0, pixels, labels};
}

/// Enough for two frames a second of so many pixels, half of the time, `default_passes` over each.
double enough_for(double fps, double width, double height) {
  return fps * width * height * .5 * default_passes;
}

sampling_plan with(double fps, std::uint16_t width, std::uint16_t height) {
  auto out = whole;
  out.train_fps = fps;
  out.width = width;
  out.height = height;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(samplers)

BOOST_AUTO_TEST_CASE(a_fixed_plan_is_shared_whatever_the_budget) {
  sampler plans{options_of(sampling_mode::fixed)};
  plans.hear(share(1e9));
  BOOST_TEST((plans.plan(still, group, 3) == with(2, 960, 576)));
  BOOST_TEST(!plans.news(still, group, 3).has_value());
}

BOOST_AUTO_TEST_CASE(in_ams_mode_somebody_else_decides) {
  BOOST_TEST(!sampler{options_of(sampling_mode::ams)}.decides());
  BOOST_TEST(sampler{options_of(sampling_mode::table)}.decides());
}

BOOST_AUTO_TEST_CASE(before_anything_is_measured_the_fixed_plan_holds) {
  sampler plans{options_of(sampling_mode::table)};
  BOOST_TEST((plans.plan(still, group, 2) == with(3, 960, 576)));
  plans.hear(share(0));
  BOOST_TEST(!plans.news(still, group, 2).has_value());
}

BOOST_AUTO_TEST_CASE(the_budget_buys_pixels_for_one_that_stands_still_and_frames_for_a_mobile_one) {
  sampler plans{options_of(sampling_mode::table)};
  plans.hear(share(enough_for(1, 640, 384)));
  BOOST_TEST((plans.plan(still, group, 1) == with(1, 640, 384)));
  BOOST_TEST((plans.plan(car, group, 1) == with(2, 320, 192)));
}

BOOST_AUTO_TEST_CASE(half_the_window_buys_half) {
  sampler plans{options_of(sampling_mode::table)};
  plans.hear(share(enough_for(10, 960, 576)));
  BOOST_TEST((plans.plan(car, group, 1) == with(10, 960, 576)));
  plans.hear(share(enough_for(10, 960, 576), 5s));
  BOOST_TEST((plans.plan(car, group, 1) == with(10, 640, 384)));
}

BOOST_AUTO_TEST_CASE(a_measured_table_wins_over_the_default) {
  auto options = options_of(sampling_mode::table);
  options.tables.cameras[known] = {{{100, {4, {480, 288}}}}, 1};
  options.tables.stationary = {{{100, {7, {640, 384}}}}, 1};
  sampler plans{options};
  plans.hear(share(1000));
  BOOST_TEST((plans.plan(known, group, 2) == with(2, 480, 288)));
  BOOST_TEST((plans.plan(still, group, 2) == with(3.5, 640, 384)));
}

BOOST_AUTO_TEST_CASE(only_what_matters_is_news) {
  sampler plans{options_of(sampling_mode::table)};
  plans.hear(share(enough_for(.25, 320, 192)));
  BOOST_TEST((plans.news(still, group, 1) == with(.25, 320, 192)));
  plans.hear(share(enough_for(.26, 320, 192)));
  BOOST_TEST(!plans.news(still, group, 1).has_value());
  plans.hear(share(enough_for(.3, 320, 192)));
  BOOST_TEST((plans.news(still, group, 1) == with(.3, 320, 192)));
  plans.hear(share(enough_for(.5, 640, 384)));
  BOOST_TEST((plans.news(still, group, 1) == with(.5, 640, 384)));
  BOOST_TEST((plans.news(still, group, 2) == with(.25, 640, 384)));
}

BOOST_AUTO_TEST_CASE(a_group_that_is_over_has_no_budget) {
  sampler plans{options_of(sampling_mode::table)};
  plans.hear(share(enough_for(.5, 320, 192)));
  plans.forget(group);
  BOOST_TEST((plans.plan(still, group, 1) == whole));
}

BOOST_AUTO_TEST_CASE(a_search_finds_what_gains_more_and_keeps_to_the_budget) {
  auto options = options_of(sampling_mode::table);
  options.refine = true;
  sampler plans{options};
  const auto budget = enough_for(2, 640, 384);
  plans.hear(share(budget));
  BOOST_TEST((plans.plan(still, group, 1) == with(1, 800, 480)));
  double accuracy = .1;
  for (int window = 0; window < 400; ++window) {
    plans.scored(still, accuracy);
    const auto now = plans.plan(still, group, 1);
    BOOST_TEST(enough_for(now.train_fps, now.width, now.height) <= budget);
    accuracy += .0001 * now.train_fps; // this camera likes frames, not pixels
  }
  plans.scored(still, std::numeric_limits<double>::quiet_NaN());
  BOOST_TEST(plans.plan(still, group, 1).train_fps > 1);
}

BOOST_AUTO_TEST_CASE(without_a_search_scores_change_nothing) {
  sampler plans{options_of(sampling_mode::table)};
  plans.hear(share(enough_for(2, 640, 384)));
  const auto before = plans.plan(still, group, 1);
  for (int window = 0; window < 100; ++window)
    plans.scored(still, .01 * window);
  plans.renewed(still);
  BOOST_TEST(!plans.news(still, group, 1).has_value());
  BOOST_TEST((plans.plan(still, group, 1) == before));
}

BOOST_AUTO_TEST_SUITE_END()
