// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampling_refiner.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;

namespace {

const auto grid = make_sampling_grid({960, 576});

double pixel_rate(const sampling_choice& choice) {
  return choice.fps * choice.size.width * choice.size.height;
}

std::size_t place(const sampling_choice& choice, bool of_size) {
  const auto rate = std::find(grid.fps.begin(), grid.fps.end(), choice.fps);
  const auto size = std::find(grid.sizes.begin(), grid.sizes.end(), choice.size);
  BOOST_TEST_REQUIRE((rate != grid.fps.end() && size != grid.sizes.end()));
  return static_cast<std::size_t>(of_size ? size - grid.sizes.begin() : rate - grid.fps.begin());
}

/// A world in which (rate, size) of `peak` is best and all else is worse the farther away it is, seen through noise.
struct world {
  std::size_t rate = 3, size = 1;
  double noise = .01;
  random_engine random{7};

  double of(const sampling_choice& choice) {
    const auto off_rate = static_cast<double>(place(choice, false)) - static_cast<double>(rate);
    const auto off_size = static_cast<double>(place(choice, true)) - static_cast<double>(size);
    double drawn = 0; // close to normal
    for (int i = 0; i < 12; ++i)
      drawn += uniform(random);
    return .5 - .02 * (off_rate * off_rate + off_size * off_size) + noise * (drawn - 6);
  }
};

bool anything(const sampling_choice&) {
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(refining)

BOOST_AUTO_TEST_CASE(it_begins_at_the_grid_and_never_above_what_the_table_says) {
  const auto begins = [](double fps, picture_size size) { return sampling_refiner{grid, {fps, size}, 1}.best(); };
  BOOST_TEST((begins(2, {640, 384}) == sampling_choice{2, {640, 384}}));
  BOOST_TEST((begins(4.9, {800, 400}) == sampling_choice{2, {640, 384}}));
  BOOST_TEST((begins(.2, {16, 16}) == sampling_choice{.5, {320, 192}}));
}

RC_BOOST_PROP(it_never_leaves_the_grid_nor_the_budget, (std::uint64_t seed)) {
  const sampling_choice start{2, {640, 384}};
  const auto budget = pixel_rate(start) * (1 + *rc::gen::inRange(0, 10));
  const auto pays = [&](const sampling_choice& choice) { return pixel_rate(choice) <= budget; };
  world sky{static_cast<std::size_t>(*rc::gen::inRange(0, 5)), static_cast<std::size_t>(*rc::gen::inRange(0, 5)), .05};
  sampling_refiner refiner{grid, start, seed};
  for (int window = 0; window < 300; ++window) {
    const auto tried = refiner.next(pays);
    RC_ASSERT(pays(tried)); // `of` checks that it is of the grid
    refiner.learn(sky.of(tried));
  }
  RC_ASSERT(pays(refiner.best()));
}

BOOST_AUTO_TEST_CASE(it_finds_the_peak_of_a_steady_concave_world) {
  for (std::size_t rate = 0; rate < 5; ++rate)
    for (std::size_t size = 0; size < 5; ++size) {
      world sky{rate, size};
      sampling_refiner refiner{grid, {2, {640, 384}}, 11};
      for (int window = 0; window < 700 && !refiner.resting(); ++window)
        refiner.learn(sky.of(refiner.next(anything)));
      BOOST_TEST_CONTEXT(rate << ", " << size) {
        BOOST_TEST(refiner.resting());
        BOOST_TEST(place(refiner.best(), false) == rate);
        BOOST_TEST(place(refiner.best(), true) == size);
      }
    }
}

BOOST_AUTO_TEST_CASE(noise_alone_seldom_moves_it) {
  int moved = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sampling_refiner refiner{grid, {2, {640, 384}}, seed};
    random_engine random{seed};
    for (int window = 0; window < 200; ++window) {
      refiner.next(anything);
      refiner.learn(uniform(random));
    }
    moved += refiner.best() != sampling_choice{2, {640, 384}};
  }
  // Up to eight neighbours are each looked at 13 times at three standard errors: 13 when this was written.
  BOOST_TEST(moved <= 20);
}

BOOST_AUTO_TEST_CASE(two_windows_of_three_belong_to_the_best_known) {
  world sky;
  sampling_refiner refiner{grid, {2, {640, 384}}, 3};
  int strayed = 0;
  for (int window = 0; window < 300; ++window) {
    const auto best = refiner.best();
    const auto tried = refiner.next(anything);
    strayed += tried != best;
    refiner.learn(sky.of(tried));
  }
  BOOST_TEST(strayed > 0);
  BOOST_TEST(strayed <= 100);
}

BOOST_AUTO_TEST_CASE(windows_without_a_score_teach_nothing) {
  sampling_refiner refiner{grid, {2, {640, 384}}, 3};
  for (int window = 0; window < 100; ++window) {
    BOOST_TEST((refiner.next(anything) == sampling_choice{2, {640, 384}}));
    refiner.learn(std::numeric_limits<double>::quiet_NaN());
  }
}

BOOST_AUTO_TEST_CASE(it_rests_when_nothing_is_left_to_try_until_the_world_changes) {
  const sampling_choice start{2, {640, 384}};
  const auto only_this = [&](const sampling_choice& choice) { return choice == start; };
  sampling_refiner refiner{grid, start, 3};
  for (int window = 0; window < 12; ++window) {
    BOOST_TEST((refiner.next(only_this) == start));
    refiner.learn(.5);
  }
  BOOST_TEST(refiner.resting());
  refiner.reset();
  BOOST_TEST(!refiner.resting());
}

BOOST_AUTO_TEST_CASE(the_same_seed_walks_the_same_way) {
  const auto walk = [](std::uint64_t seed) {
    world sky;
    sampling_refiner refiner{grid, {.5, {320, 192}}, seed};
    std::vector<std::pair<double, std::uint16_t>> out;
    for (int window = 0; window < 200; ++window) {
      const auto tried = refiner.next(anything);
      out.emplace_back(tried.fps, tried.size.width);
      refiner.learn(sky.of(tried));
    }
    return out;
  };
  BOOST_TEST((walk(5) == walk(5)));
  BOOST_TEST((walk(5) != walk(6)));
}

BOOST_AUTO_TEST_SUITE_END()
