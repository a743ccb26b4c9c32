// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "allocation_harness.hpp"

using namespace ecco;
using namespace ecco::test;
using boost::test_tools::tolerance;

namespace {

const auto nan_value = std::nan("");

/// Algorithm 1 as the paper has it: the last gain alone, no optimism.
allocation_options as_printed() {
  return {.smoothing = 1, .optimism = 0};
}

} // namespace

BOOST_AUTO_TEST_SUITE(allocation_of_micro_windows)

BOOST_AUTO_TEST_CASE(the_weakest_job_gets_its_bonus_once_whatever_the_order_of_the_jobs) {
  // Three equal jobs gain .05. By Eq. 1 the weakest is worth .05 / 3 + .05 = .0667; the paper's line 12, read
  // literally inside its loop, makes that .167 when the weakest stands first (decision 1).
  for (std::uint32_t weakest : {1u, 2u, 3u}) {
    harness policy{{.smoothing = 1, .optimism = 0, .share_floor = 0}};
    for (std::uint32_t id : {1u, 2u, 3u})
      policy.start_job(group_id{id}, 1);
    policy.open_window(3);
    while (auto id = policy.grant()) {
      auto before = id->value == weakest ? .1 : .3;
      policy.complete(*id, {before, before + .05, 0});
    }
    auto others = .05 / 3, bonus = others + .05;
    BOOST_TEST(share_of(policy, weakest) == bonus / (bonus + 2 * others), tolerance(1e-9));
    BOOST_TEST(share_of(policy, weakest) * (bonus + 2 * others) == .0667, tolerance(1e-3));
  }
}

BOOST_AUTO_TEST_CASE(of_equally_weak_jobs_the_lower_id_has_the_bonus) {
  auto policy = harness_of({{1, .1, .5, 3}, {1, .1, .5, 3}}, as_printed());
  run_window(policy, {{1, .1, .5, 3}, {1, .1, .5, 3}}, 2);
  BOOST_TEST(share_of(policy, 1) > share_of(policy, 2));
}

BOOST_AUTO_TEST_CASE(a_job_without_accuracy_is_not_the_weakest) {
  harness policy{as_printed()};
  policy.start_job(group_id{1}, 1);
  policy.start_job(group_id{2}, 1);
  policy.open_window(2);
  policy.complete(*policy.grant(), {nan_value, nan_value, nan_value});
  policy.complete(*policy.grant(), {.2, .3, 0});
  BOOST_TEST(share_of(policy, 1) == .05, tolerance(1e-9));
  BOOST_TEST(share_of(policy, 2) == .95, tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_large_group_does_not_starve_a_small_weak_one) {
  // Paper 3.1: four cameras that gain .10 against one that gains .15, and Fig. 10.
  std::vector<rising> jobs{{4, .3, .7, 4}, {1, .1, .6, 3}};
  auto policy = harness_of(jobs, as_printed());
  auto grants = run_window(policy, jobs, 12);
  BOOST_TEST(grants[1] >= 5);
  BOOST_TEST(std::abs(jobs[0].after(grants[0]) - jobs[1].after(grants[1])) < .2);
}

BOOST_AUTO_TEST_CASE(one_bad_reading_starves_nobody) {
  std::vector<rising> jobs{{1, .1, .9, 6}, {1, .1, .9, 6}};
  auto policy = harness_of(jobs, {});
  policy.open_window(12);
  std::map<group_id, std::uint32_t> grants;
  while (auto id = policy.grant()) {
    auto& had = grants[*id];
    auto bad = id->value == 2 && had == 0;
    policy.complete(*id, {.1 + .05 * had, bad ? .09 : .15 + .05 * had, .06});
    ++had;
  }
  BOOST_TEST(grants[group_id{2}] >= 4u);
}

BOOST_AUTO_TEST_CASE(training_that_gains_nothing_leaves_the_rest_of_the_budget) {
  auto policy = harness_of({{1, .5, .5, 1}, {1, .4, .4, 1}}, {});
  auto grants = run_window(policy, {{1, .5, .5, 1}, {1, .4, .4, 1}}, 12);
  BOOST_TEST(grants[0] == 3);
  BOOST_TEST(grants[1] == 3);
  BOOST_TEST(policy.budget_left() == 6u);
}

BOOST_AUTO_TEST_CASE(a_job_holds_one_device_at_a_time) {
  auto policy = harness_of({{1, .1, .9, 3}}, {});
  policy.open_window(4);
  BOOST_TEST(policy.grant().has_value());
  BOOST_TEST(!policy.grant().has_value());
  policy.complete(group_id{1}, {.1, .2, 0});
  BOOST_TEST(policy.grant().has_value());
}

BOOST_AUTO_TEST_CASE(a_refunded_slice_can_be_granted_again) {
  auto policy = harness_of({{1, .1, .9, 3}, {1, .1, .9, 3}}, {});
  policy.open_window(2);
  auto first = *policy.grant();
  policy.refund(first);
  BOOST_TEST(policy.budget_left() == 2u);
  std::set<group_id> served;
  while (auto id = policy.grant()) {
    served.insert(*id);
    policy.complete(*id, {.1, .2, 0});
  }
  BOOST_TEST(served.size() == 2u);
  for (const auto& s : policy.standings())
    BOOST_TEST(s.grants == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_repeated_or_unknown_changes_nothing) {
  auto policy = harness_of({{1, .1, .9, 3}}, {});
  policy.open_window(3);
  auto id = *policy.grant();
  policy.complete(id, {.1, .2, 0});
  policy.complete(id, {.9, .1, 0});
  policy.refund(id);
  policy.complete(group_id{99}, {.1, .2, 0});
  policy.refund(group_id{99});
  policy.end_job(group_id{99});
  BOOST_TEST(policy.budget_left() == 2u);
  BOOST_TEST(policy.standings().front().accuracy == .2);
  BOOST_TEST(policy.standings().front().gain == .1, tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_slice_of_the_last_window_is_not_charged_to_this_one) {
  auto policy = harness_of({{1, .1, .9, 3}, {1, .1, .9, 3}}, {});
  policy.open_window(2);
  auto first = *policy.grant();
  auto second = *policy.grant();
  policy.complete(second, {.1, .2, 0});
  policy.open_window(2);
  policy.complete(*policy.grant(), {.2, .3, 0});
  // One micro-window is left, and it is kept for the job that has not had its initial pass.
  BOOST_TEST(!policy.grant().has_value());
  policy.refund(first);
  BOOST_TEST(policy.budget_left() == 1u);
  BOOST_TEST((policy.grant() == first));
  BOOST_TEST(policy.standings().front().grants == 1u);
}

BOOST_AUTO_TEST_CASE(gains_within_their_error_are_none) {
  auto policy = harness_of({{1, 0, 0, 1}, {1, 0, 0, 1}, {1, 0, 0, 1}}, {});
  policy.open_window(3);
  policy.complete(*policy.grant(), {.30, .32, .05});
  policy.complete(*policy.grant(), {.30, .40, .05});
  policy.complete(*policy.grant(), {.30, .20, .05});
  auto s = policy.standings();
  BOOST_TEST(s[0].gain == 0);
  BOOST_TEST(s[1].gain == .1, tolerance(1e-9));
  BOOST_TEST(s[2].gain == -.1, tolerance(1e-9));
  BOOST_TEST(share_of(policy, 1) == .1 / 3, tolerance(1e-9));
  BOOST_TEST(share_of(policy, 2) == .9 + .1 / 3, tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_job_that_got_nothing_has_no_gain_to_speak_of) {
  auto policy = harness_of({{1, 0, 0, 1}, {1, .1, .9, 3}}, {});
  policy.open_window(1);
  policy.complete(*policy.grant(), {.1, .2, 0});
  auto s = policy.standings();
  BOOST_TEST(s[1].grants == 0u);
  BOOST_TEST(std::isnan(s[1].gain));
  BOOST_TEST(std::isnan(s[1].accuracy));
}

BOOST_AUTO_TEST_CASE(without_gains_the_shares_are_equal) {
  auto policy = harness_of({{8, 0, 0, 1}, {1, 0, 0, 1}}, {});
  BOOST_TEST(share_of(policy, 1) == .5);
  BOOST_TEST(share_of(policy, 2) == .5);
  BOOST_TEST(harness{allocation_options{}}.shares().empty());
}

BOOST_AUTO_TEST_CASE(a_gain_of_the_last_window_is_worth_half) {
  harness policy{{.share_floor = 0}};
  group_id weakest{1}, old{2}, fresh{3};
  policy.start_job(weakest, 1);
  policy.start_job(old, 1);
  policy.open_window(2);
  policy.complete(*policy.grant(), {.1, .1, 0});
  policy.complete(*policy.grant(), {.3, .5, 0});
  policy.start_job(fresh, 1);
  policy.open_window(3);
  while (auto id = policy.grant())
    policy.complete(*id, {*id == weakest ? .1 : .5, *id == weakest ? .1 : .7, 0});
  // Half of .2 / 2 and half of a new .2, against a first .2.
  BOOST_TEST(share_of(policy, old.value) / share_of(policy, fresh.value) == .75, tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_job_that_starts_within_a_window_is_served_next) {
  auto policy = harness_of({{1, .1, .9, 3}}, {});
  policy.open_window(4);
  policy.complete(*policy.grant(), {.1, .4, 0});
  policy.start_job(group_id{7}, 1);
  BOOST_TEST((policy.grant() == group_id{7}));
}

BOOST_AUTO_TEST_CASE(with_more_jobs_than_micro_windows_all_take_turns) {
  std::vector<rising> jobs(10, {1, .1, .9, 5});
  auto policy = harness_of(jobs, {});
  std::vector<double> total;
  for (int window = 0; window < 5; ++window)
    run_window(policy, jobs, 4, total);
  BOOST_TEST(*std::min_element(total.begin(), total.end()) >= 1);
}

BOOST_AUTO_TEST_CASE(a_job_that_was_never_served_has_an_equal_share) {
  auto policy = harness_of({{1, .1, .9, 3}, {1, .1, .9, 3}, {1, .1, .9, 3}}, {});
  policy.open_window(3);
  policy.complete(*policy.grant(), {.1, .4, 0});
  policy.complete(*policy.grant(), {.3, .3, 0});
  BOOST_TEST(share_of(policy, 3) == 1. / 3, tolerance(1e-9));
  BOOST_TEST(share_of(policy, 1) + share_of(policy, 2) == 2. / 3, tolerance(1e-9));
  BOOST_TEST(share_of(policy, 2) == .1 / 3, tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(alpha_weighs_the_mean_against_the_minimum) {
  // Jobs of one camera each; the second is the weakest. Worth of one gain: alpha / 2, and alpha / 2 + 1.
  for (const auto alpha : {0., .5, 1., 4.}) {
    harness policy{{.alpha = alpha, .smoothing = 1, .optimism = 0, .share_floor = 0}};
    policy.start_job(group_id{1}, 1);
    policy.start_job(group_id{2}, 1);
    policy.open_window(2);
    policy.complete(*policy.grant(), {.3, .4, 0});
    policy.complete(*policy.grant(), {.1, .2, 0});
    BOOST_TEST(share_of(policy, 1) == (alpha / 2) / (alpha + 1), tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(beta_says_how_much_the_size_of_a_group_counts) {
  // Nine cameras against one, which is not the weakest: the third is, and gains nothing.
  const std::map<double, double> ratios{{0, 1}, {.5, 3}, {1, 9}};
  for (const auto& [beta, ratio] : ratios) {
    harness policy{{.beta = beta, .smoothing = 1, .optimism = 0, .share_floor = 0}};
    policy.start_job(group_id{1}, 9);
    policy.start_job(group_id{2}, 1);
    policy.start_job(group_id{3}, 1);
    policy.open_window(3);
    while (const auto id = policy.grant())
      policy.complete(*id, {id->value == 3 ? .1 : .3, id->value == 3 ? .1 : .4, 0});
    BOOST_TEST(share_of(policy, 1) / share_of(policy, 2) == ratio, tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(noise_alone_does_not_spend_the_budget) {
  // Readings that err by .03 around a job that has learnt all there is.
  auto policy = harness_of({{1, 0, 0, 1}}, {});
  policy.open_window(100);
  const std::vector<double> errors{.01, -.02, .03, -.01, .02, -.03};
  double before = .6;
  while (const auto id = policy.grant()) {
    const auto after = .6 + errors[policy.budget_left() % errors.size()];
    policy.complete(*id, {before, after, .03});
    before = after;
  }
  BOOST_TEST(policy.budget_left() >= 90u);
}

BOOST_AUTO_TEST_CASE(a_gain_that_shows_above_the_noise_goes_on) {
  auto policy = harness_of({{1, 0, 0, 1}}, {});
  policy.open_window(20);
  double accuracy = .1;
  while (const auto id = policy.grant()) {
    policy.complete(*id, {accuracy, accuracy + .02, .03});
    accuracy += .02;
  }
  BOOST_TEST(policy.budget_left() == 0u);
}

BOOST_AUTO_TEST_CASE(training_that_hurts_has_no_share_but_the_floor_and_rests) {
  auto policy = harness_of({{1, 0, 0, 1}, {1, 0, 0, 1}}, {});
  policy.open_window(20);
  std::map<group_id, int> grants;
  double rising = .3;
  while (const auto id = policy.grant()) {
    ++grants[*id];
    if (id->value == 1)
      policy.complete(*id, {.5, .4, 0});
    else
      policy.complete(*id, {rising, rising + .02, 0}), rising += .02;
  }
  BOOST_TEST(grants[group_id{1}] == 1);
  BOOST_TEST(share_of(policy, 1) == .05, tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(half_of_too_few_micro_windows_goes_by_older_gains) {
  // Eight jobs, four micro-windows: two initial passes, and two for the one that gained most before.
  harness policy{allocation_options{}};
  for (std::uint32_t id = 1; id <= 8; ++id)
    policy.start_job(group_id{id}, 1);
  policy.open_window(8);
  while (const auto id = policy.grant())
    policy.complete(*id, {.1, id->value == 8 ? .5 : .11, 0});
  policy.open_window(4);
  std::vector<group_id> served;
  while (const auto id = policy.grant()) {
    served.push_back(*id);
    policy.complete(*id, {.1, id->value == 8 ? .5 : .11, 0});
  }
  const std::vector<group_id> expected{group_id{1}, group_id{2}, group_id{8}, group_id{8}};
  BOOST_TEST((served == expected));
}

BOOST_AUTO_TEST_CASE(a_job_without_members_is_neither_served_nor_given_a_share_under_any_rule) {
  for (const auto kind :
       {allocation_kind::ecco, allocation_kind::recl, allocation_kind::ekya, allocation_kind::uniform}) {
    auto policy = harness_of({{1, .1, .9, 3}, {0, .1, .9, 3}}, {.kind = kind});
    std::vector<double> had;
    run_window(policy, {{1, .1, .9, 3}, {0, .1, .9, 3}}, 6, had);
    BOOST_TEST(had[0] >= 1);
    BOOST_TEST(had[1] == 0);
    BOOST_TEST_REQUIRE(policy.shares().size() == 1u);
    BOOST_TEST(share_of(policy, 1) == 1, tolerance(1e-9));
    policy.start_job(group_id{2}, 3);
    run_window(policy, {{1, .1, .9, 3}, {3, .1, .9, 3}}, 6, had);
    BOOST_TEST(had[1] >= 1);
    policy.start_job(group_id{1}, 0);
    policy.start_job(group_id{2}, 0);
    policy.open_window(6);
    BOOST_TEST(!policy.grant().has_value());
    BOOST_TEST(policy.shares().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_members_counts_at_once_and_is_no_gain) {
  harness policy{{.beta = 1, .smoothing = 1, .optimism = 0, .share_floor = 0}};
  policy.start_job(group_id{1}, 1);
  policy.start_job(group_id{2}, 1);
  policy.start_job(group_id{3}, 1);
  policy.open_window(3);
  while (const auto id = policy.grant())
    policy.complete(*id, {id->value == 3 ? .1 : .3, id->value == 3 ? .1 : .4, 0});
  const auto standings = policy.standings();
  BOOST_TEST(share_of(policy, 1) == .5, tolerance(1e-9));
  policy.start_job(group_id{1}, 4);
  BOOST_TEST(share_of(policy, 1) == .8, tolerance(1e-9));
  BOOST_TEST((policy.standings() == standings));
}

BOOST_AUTO_TEST_CASE(the_initial_pass_is_over_when_every_job_had_its_micro_window) {
  auto policy = harness_of({{1, .1, .9, 3}, {1, .1, .9, 3}}, {});
  BOOST_TEST(!policy.initial_pass_is_over());
  policy.open_window(6);
  const auto first = *policy.grant(), second = *policy.grant();
  BOOST_TEST(!policy.initial_pass_is_over());
  policy.complete(first, {.1, .2, 0});
  BOOST_TEST(!policy.initial_pass_is_over());
  policy.refund(second);
  BOOST_TEST(!policy.initial_pass_is_over());
  policy.complete(*policy.grant(), {.1, .2, 0});
  BOOST_TEST(policy.initial_pass_is_over());
  policy.start_job(group_id{9}, 1);
  BOOST_TEST(!policy.initial_pass_is_over());
  policy.end_job(group_id{9});
  BOOST_TEST(policy.initial_pass_is_over());
}

BOOST_AUTO_TEST_CASE(recl_counts_every_camera_and_has_no_bonus_for_the_weakest) {
  harness policy{{.kind = allocation_kind::recl, .smoothing = 1, .optimism = 0, .share_floor = 0}};
  policy.start_job(group_id{1}, 3);
  policy.start_job(group_id{2}, 1);
  policy.open_window(3);
  policy.complete(*policy.grant(), {.3, .4, 0});
  policy.complete(*policy.grant(), {.1, .3, 0});
  BOOST_TEST(share_of(policy, 1) == .3 / .5, tolerance(1e-9));
  BOOST_TEST((policy.grant() == group_id{1})); // 3 x .1 against .2, though the other is the weakest
}

BOOST_AUTO_TEST_CASE(uniform_gives_every_job_equal_time_whatever_it_gains) {
  const std::vector<rising> jobs{{8, .1, .9, 3}, {1, .5, .5, 1}, {1, .9, .1, 2}};
  auto policy = harness_of(jobs, {.kind = allocation_kind::uniform});
  std::vector<double> had;
  for (int window = 0; window < 3; ++window)
    run_window(policy, jobs, 13, had); // 39 in all
  BOOST_TEST(had[0] == 13);
  BOOST_TEST(had[1] == 13);
  BOOST_TEST(had[2] == 13);
  BOOST_TEST(share_of(policy, 1) == 1. / 3, tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
