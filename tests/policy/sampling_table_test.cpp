// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampling_table.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;

namespace {

constexpr picture_size full{960, 576};
const auto grid = make_sampling_grid(full);

/// A device that trains a million pixels a second and labels 100 frames.
sampling_cost fast(double pixels = 1e6, double labels = 100) {
  return {pixels, labels, .5, {}};
}

/// What one of the members sends.
sampling_choice choose(const sampling_table& table, const sampling_grid& of, const sampling_cost& cost, double devices,
                       std::uint32_t members) {
  return divide(choose(table, cost, devices), of, cost, members);
}

double pixels(const picture_size& size) {
  return 1. * size.width * size.height;
}

/// Pixels a second that all members together train on.
double used(const sampling_choice& one, const sampling_cost& cost, std::uint32_t members) {
  return members * cost.duty * one.fps * cost.trained_pixels(one.size);
}

bool is_of_grid(const picture_size& size) {
  return std::find(grid.sizes.begin(), grid.sizes.end(), size) != grid.sizes.end();
}

camera_motion any_motion() {
  return *rc::gen::element(camera_motion::stationary, camera_motion::mobile);
}

/// Two digits of precision, over several orders of magnitude.
double any_amount(double least, double most) {
  return least * std::pow(most / least, *rc::gen::inRange(0, 1001) / 1000.);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sampling_tables)

BOOST_AUTO_TEST_CASE(the_grid_is_the_papers_on_the_cameras_own_scale) {
  BOOST_TEST((grid.fps == std::vector<double>{.5, 1, 2, 5, 10}));
  BOOST_TEST((grid.sizes == std::vector<picture_size>{{320, 192}, {480, 288}, {640, 384}, {800, 480}, {960, 576}}));
  const auto demo = make_sampling_grid({256, 192});
  BOOST_TEST((demo.sizes == std::vector<picture_size>{{86, 64}, {128, 96}, {170, 128}, {214, 160}, {256, 192}}));
}

BOOST_AUTO_TEST_CASE(sizes_of_a_tiny_camera_stay_encodable_and_are_listed_once) {
  BOOST_TEST((make_sampling_grid({16, 16}).sizes == std::vector<picture_size>{{16, 16}}));
  for (const auto& size : make_sampling_grid({40, 18}).sizes)
    BOOST_TEST((size.width >= 16 && size.height >= 16 && size.width % 2 == 0 && size.height % 2 == 0));
}

BOOST_AUTO_TEST_CASE(pixels_beyond_the_networks_input_cost_nothing) {
  const sampling_cost cost{1e6, 100, .5, {640, 640}};
  BOOST_TEST(cost.trained_pixels({320, 192}) == 320 * 192);
  BOOST_TEST(cost.trained_pixels({960, 576}) == 640 * 384, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(the_nearest_level_at_or_below_the_budget_is_taken) {
  const sampling_table table{{{1000, {1, grid.sizes[0]}}, {2000, {2, grid.sizes[0]}}, {4000, {2, grid.sizes[1]}}}, 1};
  const auto cost = fast(1000, 0); // c_j / |T| of 1 is 1000 pixels a second
  const auto at = [&](double devices) { return choose(table, grid, cost, devices, 1); };
  BOOST_TEST((at(1) == sampling_choice{1, grid.sizes[0]}));
  BOOST_TEST((at(1.999) == sampling_choice{1, grid.sizes[0]}));
  BOOST_TEST((at(2) == sampling_choice{2, grid.sizes[0]}));
  BOOST_TEST((at(100) == sampling_choice{2, grid.sizes[1]}));
}

BOOST_AUTO_TEST_CASE(below_the_lowest_level_the_rate_follows_the_budget) {
  const sampling_table table{{{1000, {2, grid.sizes[1]}}}, 1};
  const auto half = choose(table, grid, fast(1000, 0), .5, 1);
  BOOST_TEST((half == sampling_choice{1, grid.sizes[1]}));
}

BOOST_AUTO_TEST_CASE(members_divide_the_rate_and_keep_the_resolution) {
  const sampling_table table{{{1000, {6, grid.sizes[2]}}}, 1};
  BOOST_TEST((choose(table, grid, fast(1000, 0), 1, 3) == sampling_choice{2, grid.sizes[2]}));
  BOOST_TEST((choose(table, grid, fast(1000, 0), 1, 0) == sampling_choice{6, grid.sizes[2]}));
}

BOOST_AUTO_TEST_CASE(at_the_least_rate_the_resolution_is_cut_instead) {
  const sampling_table table{{{1000, {1, grid.sizes[4]}}}, 1};
  const auto cost = fast(1000, 0);
  // .2 fps each is 1 fps together: no need.
  BOOST_TEST((choose(table, grid, cost, 1, 5) == sampling_choice{.2, grid.sizes[4]}));
  // Ten send 2 fps: half the pixels, which is (640/960)^2 = .44.
  BOOST_TEST((choose(table, grid, cost, 1, 10) == sampling_choice{.2, grid.sizes[2]}));
  BOOST_TEST((choose(table, grid, cost, 1, 1000) == sampling_choice{.2, grid.sizes[0]}));
}

BOOST_AUTO_TEST_CASE(a_slow_teacher_keeps_the_rate_down) {
  const auto table = default_table(grid, camera_motion::mobile, fast());
  const auto alone = choose(table, grid, fast(1e9, 1000), 1, 1);
  BOOST_TEST(alone.fps == 10);
  // 10 labels a second: 10 fps over half the time would take half of the device, 2 fps take a tenth.
  const auto hog = choose(table, grid, fast(1e9, 10), 1, 1);
  BOOST_TEST(hog.fps == 5);
  BOOST_TEST(fast(1e9, 10).labelling(hog) <= default_label_part);
  BOOST_TEST(choose(table, grid, fast(1e9, 1), 1, 1).fps == .5);
}

BOOST_AUTO_TEST_CASE(one_that_stands_still_gets_pixels_and_a_mobile_one_frames) {
  const auto still = default_table(grid, camera_motion::stationary, fast());
  const auto moving = default_table(grid, camera_motion::mobile, fast());
  const auto budget = 8 * .5 * 1 * pixels(grid.sizes[2]);
  const auto of = [&](const sampling_table& table) { return choose(table, grid, fast(budget, 0), 1, 1); };
  BOOST_TEST((of(still) == sampling_choice{1, grid.sizes[2]}));
  BOOST_TEST((of(moving) == sampling_choice{2, grid.sizes[0]}));
  // With enough for both there is nothing to choose.
  BOOST_TEST((still.levels.back() == moving.levels.back()));
}

RC_BOOST_PROP(default_tables_keep_their_own_rules, ()) {
  const auto side = [] { return static_cast<std::uint16_t>(2 * *rc::gen::inRange(8, 2049)); };
  const auto own = make_sampling_grid({side(), side()});
  sampling_cost cost{0, 0, any_amount(.05, 1), {}};
  if (*rc::gen::arbitrary<bool>())
    cost.input = {static_cast<std::uint16_t>(32 * *rc::gen::inRange(1, 41)), 640};
  RC_ASSERT(validate(default_table(own, any_motion(), cost)).has_value());
}

RC_BOOST_PROP(the_budget_is_never_exceeded_above_the_floor, ()) {
  const auto cost = fast(any_amount(1e3, 1e9), any_amount(.1, 1e4));
  const auto table = default_table(grid, any_motion(), cost);
  const auto devices = any_amount(.001, 16);
  const auto members = static_cast<std::uint32_t>(*rc::gen::inRange(1, 200));
  const auto one = choose(table, grid, cost, devices, members);
  RC_ASSERT(is_of_grid(one.size));
  RC_ASSERT(one.fps >= least_member_fps);
  const auto at_floor = one.fps == least_member_fps && one.size == grid.sizes.front();
  RC_ASSERT(at_floor || used(one, cost, members) * default_passes <= devices * cost.pixels_per_second * (1 + 1e-9));
}

RC_BOOST_PROP(labels_take_no_more_than_their_part_above_the_floor, ()) {
  const auto cost = fast(any_amount(1e3, 1e9), any_amount(.1, 1e4));
  const auto table = default_table(grid, any_motion(), cost);
  const auto devices = any_amount(.001, 16);
  const auto members = static_cast<std::uint32_t>(*rc::gen::inRange(1, 200));
  const auto one = choose(table, grid, cost, devices, members);
  RC_ASSERT(one.fps == least_member_fps || members * cost.labelling(one) <= table.label_part * devices * (1 + 1e-9));
}

RC_BOOST_PROP(more_budget_never_means_fewer_pixels_and_more_members_never_more, ()) {
  const auto cost = fast(1e6, any_amount(1, 1e4));
  const auto table = default_table(grid, any_motion(), cost);
  const auto members = static_cast<std::uint32_t>(*rc::gen::inRange(1, 50));
  const auto devices = any_amount(.01, 4);
  const auto one = choose(table, grid, cost, devices, members);
  const auto richer = choose(table, grid, cost, devices * any_amount(1, 10), members);
  const auto fuller = choose(table, grid, cost, devices, members + 1);
  const auto rate = [&](const sampling_choice& c) { return c.fps * cost.trained_pixels(c.size); };
  RC_ASSERT(rate(richer) >= rate(one) * (1 - 1e-9));
  RC_ASSERT(rate(fuller) <= rate(one) * (1 + 1e-9));
}

// -- from profiled runs ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_best_run_of_each_budget_makes_its_level) {
  const auto small = grid.sizes[0], large = grid.sizes[4];
  const auto table = table_of(std::vector<profiled_run>{{100, {1, small}, .2},
                                                        {100, {2, small}, .3},
                                                        {100, {5, small}, .25},
                                                        {900, {2, large}, .5},
                                                        {900, {1, large}, .4}});
  BOOST_TEST((table.levels == std::vector<sampling_level>{{100, {2, small}}, {900, {2, large}}}));
  BOOST_TEST(validate(table).has_value());
}

BOOST_AUTO_TEST_CASE(a_lucky_small_run_does_not_make_a_table_fall) {
  const auto small = grid.sizes[0], large = grid.sizes[4];
  const auto table = table_of(std::vector<profiled_run>{
      {100, {1, large}, .5}, {900, {1, small}, .9}, {900, {2, large}, .6}, {900, {10, large}, .55}});
  BOOST_TEST((table.levels.back().choice == sampling_choice{2, large}));
}

BOOST_AUTO_TEST_CASE(equal_runs_are_settled_by_their_price_and_unknown_ones_left_out) {
  const auto small = grid.sizes[0];
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const auto table =
      table_of(std::vector<profiled_run>{{100, {5, small}, .4}, {100, {1, small}, .4}, {200, {2, small}, nan}});
  BOOST_TEST((table.levels == std::vector<sampling_level>{{100, {1, small}}}));
  BOOST_TEST(table_of({}).levels.empty());
}

BOOST_AUTO_TEST_SUITE_END()
