// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/zoo.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include "runtime/base/random.hpp"

using namespace ecco;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double normal(random_engine& random) {
  return std::sqrt(-2 * std::log(uniform(random) + 1e-300)) * std::cos(6.283185307179586 * uniform(random));
}

/// Scenes of one condition have features around a centre of its own, in 32 dimensions.
struct conditions {
  explicit conditions(std::uint64_t seed) : random{seed} {}

  std::vector<std::vector<float>> frames(int condition, int count = 8) {
    std::vector<std::vector<float>> out;
    for (int k = 0; k < count; ++k) {
      std::vector<float> x;
      random_engine centre{static_cast<std::uint64_t>(condition) + 1000};
      for (int i = 0; i < 32; ++i)
        x.push_back(static_cast<float>(normal(centre) + .5 * normal(random)));
      out.push_back(std::move(x));
    }
    return out;
  }

  random_engine random;
};

/// An expert of condition c has .6 there and a little elsewhere: revision c + 1.
double true_score(std::uint32_t revision, int condition) {
  return revision == static_cast<std::uint32_t>(condition) + 1 ? .6 : .1 + .01 * revision;
}

zoo_options options_of(zoo_mode mode, std::uint32_t capacity = 64) {
  zoo_options out;
  out.mode = mode;
  out.capacity = capacity;
  return out;
}

/// A zoo of an expert a condition, each admitted with the scene it was learnt in: scores of those before it, and its own.
zoo grown(int count, conditions& world, zoo_mode mode = zoo_mode::recl) {
  zoo out{options_of(mode)};
  for (int c = 0; c < count; ++c) {
    zoo_scene scene{world.frames(c), {}};
    for (std::uint32_t r = 1; r <= static_cast<std::uint32_t>(c) + 1; ++r)
      scene.scores[r] = true_score(r, c);
    out.admit({static_cast<std::uint32_t>(c) + 1, group_id{1}, 5, {}});
    out.learn(scene);
  }
  return out;
}

std::uint32_t best_of(const std::vector<std::uint32_t>& candidates, int condition) {
  std::uint32_t best = 0;
  for (const auto one : candidates)
    if (best == 0 || true_score(one, condition) > true_score(best, condition))
      best = one;
  return best;
}

} // namespace

BOOST_AUTO_TEST_SUITE(model_zoo)

BOOST_AUTO_TEST_CASE(the_gates_choice_is_the_oracles_on_separable_conditions) {
  conditions world{3};
  auto recl = grown(20, world);
  conditions same{3};
  auto oracle = grown(20, same, zoo_mode::all);
  for (int c = 0; c < 20; ++c) {
    const auto frames = world.frames(c);
    BOOST_TEST(recl.candidates(frames).size() == 3u);
    BOOST_TEST(oracle.candidates(frames).size() == 20u);
    BOOST_TEST(recl.candidates(frames).front() == best_of(oracle.candidates(frames), c));
    BOOST_TEST(best_of(recl.candidates(frames), c) == best_of(oracle.candidates(frames), c));
  }
}

BOOST_AUTO_TEST_CASE(the_same_scenes_make_the_same_gate) {
  conditions one{5}, other{5};
  auto a = grown(8, one), b = grown(8, other);
  const auto frames = one.frames(2);
  BOOST_TEST(a.candidates(frames) == b.candidates(frames), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_zoo_that_was_written_down_chooses_as_it_did) {
  conditions world{6};
  auto before = grown(10, world);
  zoo after{options_of(zoo_mode::recl), before.content()};
  for (int c = 0; c < 10; ++c) {
    const auto frames = world.frames(c);
    BOOST_TEST(after.candidates(frames) == before.candidates(frames), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_small_zoo_is_tried_whole) {
  conditions world{7};
  auto small = grown(3, world);
  BOOST_TEST(small.candidates({}) == (std::vector<std::uint32_t>{1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(zoo{options_of(zoo_mode::recl)}.candidates({}).empty());
}

BOOST_AUTO_TEST_CASE(without_features_that_it_knows_everything_is_tried) {
  conditions world{8};
  auto recl = grown(10, world);
  BOOST_TEST(recl.candidates({}).size() == 10u);
  BOOST_TEST(recl.candidates(std::vector<std::vector<float>>{{1, 2, 3}}).size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_verification_that_went_otherwise_is_learnt_from) {
  conditions world{9};
  auto recl = grown(6, world);
  // Condition 50 is nobody's; it turns out that revision 5 does well there.
  for (int k = 0; k < 6; ++k)
    recl.learn({world.frames(50), {{5, .7}, {2, .1}, {3, .1}}});
  BOOST_TEST(recl.candidates(world.frames(50)).front() == 5u);
  BOOST_TEST(recl.candidates(world.frames(0)).front() == 1u); // and the others are not forgotten
}

BOOST_AUTO_TEST_CASE(a_model_is_kept_when_it_beats_all_others_by_the_margin) {
  const zoo recl{options_of(zoo_mode::recl)};
  const std::vector<double> others{.3, .4};
  BOOST_TEST(recl.deserves_admission(.42, others));
  BOOST_TEST(!recl.deserves_admission(.41, others));
  BOOST_TEST(recl.deserves_admission(.01, {}));
  BOOST_TEST(!recl.deserves_admission(unknown, {}));
  BOOST_TEST(recl.deserves_admission(.42, std::vector{.3, unknown})); // one that could not be measured stands in no way
  BOOST_TEST(!zoo{options_of(zoo_mode::off)}.deserves_admission(.9, {}));
}

BOOST_AUTO_TEST_CASE(the_model_not_selected_for_longest_goes_first) {
  zoo small{options_of(zoo_mode::all, 3)};
  for (const std::uint32_t r : {1, 2, 3})
    BOOST_TEST(!small.admit({r}).has_value());
  small.select(1);
  BOOST_TEST(*small.admit({4}) == 2u);
  BOOST_TEST(*small.admit({5}) == 3u);
  BOOST_TEST(*small.admit({6}) == 1u); // selected once, long ago
  BOOST_TEST(small.find(4)->times_selected == 0u);
  BOOST_TEST((small.find(1) == nullptr));
}

BOOST_AUTO_TEST_CASE(what_an_evicted_model_scored_is_forgotten_with_it) {
  zoo small{options_of(zoo_mode::recl, 2)};
  small.admit({1});
  small.learn({{{1, 0}}, {{1, .5}}});
  small.admit({2});
  small.learn({{{0, 1}}, {{1, .1}, {2, .5}}});
  small.admit({3});
  BOOST_TEST_REQUIRE(small.content().scenes.size() == 1u);
  BOOST_TEST(small.content().scenes.front().scores.size() == 1u);
}

BOOST_AUTO_TEST_CASE(scenes_that_tell_nothing_are_not_kept) {
  zoo recl{options_of(zoo_mode::recl)};
  recl.learn({{}, {{1, .5}}});
  recl.learn({{{1, 2}}, {}});
  recl.learn({{{1, 2}}, {{1, unknown}}});
  recl.learn({{{1, std::numeric_limits<float>::infinity()}}, {{1, .5}}});
  BOOST_TEST(recl.content().scenes.empty());
}

BOOST_AUTO_TEST_CASE(a_zoo_never_outgrows_its_capacity_and_keeps_what_was_just_admitted) {
  BOOST_TEST(rc::check("capacity holds whatever happens", [] {
    const auto capacity = *rc::gen::inRange(1u, 6u);
    zoo one{options_of(*rc::gen::element(zoo_mode::all, zoo_mode::recl), capacity)};
    const auto acts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 40));
    std::uint32_t next = 1;
    for (const auto act : acts) {
      if (act < 15) {
        one.admit({next});
        RC_ASSERT(one.find(next) != nullptr);
        ++next;
      } else if (act < 30) {
        one.select(static_cast<std::uint32_t>(act - 14));
      } else {
        one.learn({{{static_cast<float>(act), 1}}, {{static_cast<std::uint32_t>(act - 29), .5}}});
      }
      RC_ASSERT(one.size() <= capacity);
      RC_ASSERT(one.content().scenes.size() <= zoo::scenes_of_expert * capacity);
      const auto tried = one.candidates(std::vector<std::vector<float>>{{1, 1}});
      RC_ASSERT(tried.size() <= one.size());
      for (const auto revision : tried)
        RC_ASSERT(one.find(revision) != nullptr);
    }
  }));
}

BOOST_AUTO_TEST_CASE(soft_targets_are_shares_in_the_order_of_the_scores) {
  BOOST_TEST(rc::check("shares", [] {
    const auto raw = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1001)));
    std::vector<double> scores;
    for (const auto one : raw)
      scores.push_back(one / 1000.);
    const auto shares = soft_targets(scores, .05);
    RC_ASSERT(std::abs(std::accumulate(shares.begin(), shares.end(), 0.) - 1) < 1e-9);
    for (std::size_t i = 1; i < scores.size(); ++i)
      RC_ASSERT((scores[i] >= scores[i - 1]) == (shares[i] >= shares[i - 1]));
  }));
  const auto two = soft_targets(std::vector{.5, .55}, .05);
  BOOST_TEST(two[1] / two[0] == std::exp(1.), boost::test_tools::tolerance(1e-9));
}

// -- verification ----------------------------------------------------------------------------------------

namespace {

camera_score measured(double map50, double error = 0, std::uint32_t frames = 32) {
  return {camera_id{"a"}, map50, map50, error, frames, frames};
}

} // namespace

BOOST_AUTO_TEST_CASE(the_best_of_those_tried_is_chosen_when_it_is_clearly_better_than_ones_own) {
  const auto chosen = choose_expert({{1, measured(.3)}, {2, measured(.5)}, {3, measured(.6)}}, 1, {});
  BOOST_TEST_REQUIRE(chosen.has_value());
  BOOST_TEST(chosen->revision == 3u);
  BOOST_TEST(chosen->why == "0.30 -> 0.60 on 32 held-out frames");
}

BOOST_AUTO_TEST_CASE(nothing_is_chosen_that_is_no_clear_gain) {
  BOOST_TEST(!choose_expert({{1, measured(.6)}, {2, measured(.5)}}, 1, {}).has_value());
  BOOST_TEST(!choose_expert({{1, measured(.5)}, {2, measured(.505)}}, 1, {}).has_value()); // within the margin
  BOOST_TEST(!choose_expert({{1, measured(.5, .1)}, {2, measured(.6, .1)}}, 1, {}).has_value()); // within noise
  BOOST_TEST(!choose_expert({{1, measured(.3, 0, 7)}, {2, measured(.6, 0, 7)}}, 1, {}).has_value()); // too few frames
  BOOST_TEST(!choose_expert({{1, measured(unknown)}, {2, measured(.6)}}, 1, {}).has_value());
  BOOST_TEST(!choose_expert({{1, measured(.3)}, {2, measured(unknown)}}, 1, {}).has_value());
  BOOST_TEST(!choose_expert({{2, measured(.6)}}, 1, {}).has_value()); // nothing to compare with
  BOOST_TEST(!choose_expert({}, 1, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_better_one_that_is_within_noise_does_not_hide_a_clear_one) {
  const auto chosen = choose_expert({{1, measured(.3)}, {2, measured(.5)}, {3, measured(.6, .5)}}, 1, {});
  BOOST_TEST_REQUIRE(chosen.has_value());
  BOOST_TEST(chosen->revision == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
