// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/thief_schedule.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <span>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "allocation_harness.hpp"

using namespace ecco;
using namespace ecco::test;
using boost::test_tools::tolerance;

namespace {

std::vector<curve_point> points_of(const optimus_curve& curve, const std::vector<double>& amounts) {
  std::vector<curve_point> out;
  for (const auto k : amounts)
    out.push_back({k, curve.at(k)});
  return out;
}

/// EST by its formula.
double estimate(const thief_job& job, double devices, std::uint32_t length, double rest) {
  if (length == 0)
    return job.accuracy_before;
  const auto done = length / devices;
  return (done * job.accuracy_before + (rest - done) * job.curve.at(job.trained + length)) / rest;
}

double mean_of(const std::vector<thief_share>& shares) {
  double sum = 0;
  for (const auto& share : shares)
    sum += share.mean_accuracy;
  return sum / static_cast<double>(shares.size());
}

std::vector<thief_job> random_thief_jobs(std::mt19937& random, std::size_t count) {
  std::vector<thief_job> out;
  const auto part = [&] { return static_cast<double>(random() % 1000) / 1000; };
  for (std::uint32_t i = 0; i < count; ++i) {
    const optimus_curve curve{part() * 3, 1 + part() * 2, part() * .2};
    out.push_back({group_id{i + 1}, curve.at(0), curve, 1});
  }
  return out;
}

/// The best mean over all ways to deal out `tenths` of a device from job `at` on.
double best_mean(const std::vector<thief_job>& jobs, double rest, std::size_t at, int tenths, double sum) {
  if (at == jobs.size())
    return sum / static_cast<double>(jobs.size());
  double best = 0;
  for (int own = at + 1 == jobs.size() ? tenths : 0; own <= tenths; ++own) {
    const auto devices = own / 10.;
    auto most = jobs[at].accuracy_before;
    for (std::uint32_t length = 1; length <= devices * rest + 1e-9; ++length)
      most = std::max(most, estimate(jobs[at], devices, length, rest));
    best = std::max(best, best_mean(jobs, rest, at + 1, tenths - own, sum + most));
  }
  return best;
}

} // namespace

BOOST_AUTO_TEST_SUITE(thief)

// -- the curve ---------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_curve_that_made_the_points_is_found_again) {
  const std::vector<optimus_curve> truths{{.5, 1.2, .1}, {2, 1, 0}, {.1, 3, .05}, {1, 1.5, .3}};
  for (const auto& truth : truths) {
    const auto found = fit_optimus(points_of(truth, {0, .25, .5, .75, 1, 2, 4}));
    BOOST_TEST_REQUIRE(found.has_value());
    for (const auto k : {0., 1., 8., 30.})
      BOOST_TEST(std::abs(found->at(k) - truth.at(k)) < .01);
  }
}

BOOST_AUTO_TEST_CASE(readings_that_do_not_rise_make_a_flat_curve) {
  const std::array falling{curve_point{0, .5}, curve_point{1, .45}, curve_point{2, .4}};
  const auto found = fit_optimus(falling);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->at(100) == found->at(0), tolerance(1e-9));
  BOOST_TEST(std::abs(found->at(0) - .45) < .01);
}

BOOST_AUTO_TEST_CASE(too_few_or_bad_points_make_no_curve) {
  const std::array one{curve_point{0, .5}};
  const std::array bad{curve_point{0, .5}, curve_point{1, std::nan("")}};
  const std::array negative{curve_point{-1, .5}, curve_point{1, .6}};
  BOOST_TEST(!fit_optimus({}).has_value());
  BOOST_TEST(!fit_optimus(one).has_value());
  BOOST_TEST(!fit_optimus(bad).has_value());
  BOOST_TEST(!fit_optimus(negative).has_value());
}

RC_BOOST_PROP(a_curve_is_an_accuracy_that_never_falls_whatever_the_points,
              (std::vector<std::uint8_t> readings)) {
  std::vector<curve_point> points;
  for (std::size_t i = 0; i < readings.size() && i < 20; ++i)
    points.push_back({static_cast<double>(i) / 4, readings[i] / 255.});
  const auto found = fit_optimus(points);
  RC_ASSERT(found.has_value() == (points.size() >= 2));
  if (!found)
    return;
  double before = 0;
  for (double k = 0; k < 50; k += .5) {
    RC_ASSERT(found->at(k) >= before);
    RC_ASSERT(found->at(k) <= 1);
    before = found->at(k);
  }
}

// -- the schedule ------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_job_that_learns_steals_from_the_one_that_does_not) {
  const std::vector<thief_job> jobs{{group_id{1}, .2, {.5, 1.25, .05}, 0}, {group_id{2}, .6, {0, 2.5, 0}, 0}};
  const auto shares = thief_schedule(jobs, {.devices = 1, .rest = 12});
  BOOST_TEST(shares[0].devices == 1, tolerance(1e-9));
  BOOST_TEST(shares[0].length >= 1u);
  BOOST_TEST(shares[1].length == 0u);
  BOOST_TEST(shares[1].mean_accuracy == .6);
}

BOOST_AUTO_TEST_CASE(a_model_counts_only_from_its_completion_on) {
  // With one device and 10 micro-windows, a length of m is worth (m .2 + (10 - m) A(m)) / 10.
  const std::vector<thief_job> jobs{{group_id{1}, .2, {.5, 1.25, 0}, 0}};
  const auto share = thief_schedule(jobs, {.devices = 1, .rest = 10}).front();
  double best = .2;
  std::uint32_t best_length = 0;
  for (std::uint32_t m = 1; m <= 10; ++m)
    if (estimate(jobs[0], 1, m, 10) > best) {
      best = estimate(jobs[0], 1, m, 10);
      best_length = m;
    }
  BOOST_TEST(share.length == best_length);
  BOOST_TEST(share.mean_accuracy == best, tolerance(1e-9));
  BOOST_TEST(best_length > 1u);
  BOOST_TEST(best_length < 8u); // later it would be better, and too late
}

BOOST_AUTO_TEST_CASE(training_that_could_not_end_in_time_is_not_begun) {
  const std::vector<thief_job> jobs{{group_id{1}, .2, {.5, 1.25, 0}, 0}};
  BOOST_TEST(thief_schedule(jobs, {.devices = 1, .rest = .9}).front().length == 0u);
  BOOST_TEST(thief_schedule(jobs, {.devices = 1, .rest = 0}).front().length == 0u);
  BOOST_TEST(thief_schedule({}, {.devices = 1, .rest = 9}).empty());
}

RC_BOOST_PROP(shares_are_never_more_than_there_are_and_stealing_only_helps, (std::uint32_t seed)) {
  std::mt19937 random{seed};
  const auto jobs = random_thief_jobs(random, 1 + random() % 6);
  const thief_terms terms{.devices = 1. + random() % 3, .rest = static_cast<double>(random() % 20)};
  const auto shares = thief_schedule(jobs, terms);
  double sum = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    sum += shares[i].devices;
    RC_ASSERT(shares[i].devices >= -1e-9);
    RC_ASSERT(shares[i].devices <= terms.most_devices + 1e-9);
    RC_ASSERT(shares[i].length <= shares[i].devices * terms.rest + 1e-6);
    RC_ASSERT(
        std::abs(estimate(jobs[i], shares[i].devices, shares[i].length, terms.rest) - shares[i].mean_accuracy)
        < 1e-9);
  }
  RC_ASSERT(sum <= terms.devices + 1e-9);
  auto fair = terms;
  fair.step = 99; // nothing can be stolen
  RC_ASSERT(mean_of(shares) >= mean_of(thief_schedule(jobs, fair)) - 1e-12);
}

namespace {

/// PICK, and the estimate of it, for one job with so many devices: a thief without victims.
thief_share picked(const thief_job& job, double devices, const thief_terms& terms) {
  auto alone = terms;
  alone.devices = devices;
  alone.most_devices = std::max(devices, terms.most_devices);
  return thief_schedule(std::span{&job, 1}, alone).front();
}

/// Ekya's Algorithm 1 to the letter: every thief tries every victim.
std::vector<thief_share> plain_thief(const std::vector<thief_job>& jobs, const thief_terms& terms) {
  const auto fair = std::min(terms.most_devices, terms.devices / static_cast<double>(jobs.size()));
  std::vector<thief_share> best;
  for (const auto& job : jobs)
    best.push_back(picked(job, fair, terms));
  for (std::size_t thief = 0; thief < jobs.size(); ++thief)
    for (std::size_t victim = 0; victim < jobs.size(); ++victim)
      while (victim != thief) {
        const auto less = best[victim].devices - terms.step, more = best[thief].devices + terms.step;
        if (less < -1e-9 || more > terms.most_devices + 1e-9)
          break;
        const auto richer = picked(jobs[thief], more, terms);
        const auto poorer = picked(jobs[victim], std::max(0.0, less), terms);
        const auto before = best[thief].mean_accuracy + best[victim].mean_accuracy;
        if (richer.mean_accuracy + poorer.mean_accuracy <= before + 1e-9)
          break;
        best[thief] = richer;
        best[victim] = poorer;
      }
  return best;
}

} // namespace

RC_BOOST_PROP(what_is_passed_over_would_not_have_been_stolen_from, (std::uint32_t seed)) {
  std::mt19937 random{seed};
  auto jobs = random_thief_jobs(random, 1 + random() % 40);
  for (std::size_t i = 0; i + 1 < jobs.size(); ++i) // some are equal, and some gain nothing
    if (random() % 4 == 0) {
      jobs[i + 1].curve = jobs[i].curve;
      jobs[i + 1].accuracy_before = jobs[i].accuracy_before;
    } else if (random() % 8 == 0) {
      jobs[i].curve.b0 = 0;
    }
  thief_terms terms{.devices = (1 + random() % 100) / 10., .rest = static_cast<double>(random() % 40)};
  terms.most_devices = 1 + random() % 2;
  const auto found = thief_schedule(jobs, terms), expected = plain_thief(jobs, terms);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    RC_ASSERT(found[i].devices == expected[i].devices);
    RC_ASSERT(found[i].length == expected[i].length);
    RC_ASSERT(found[i].mean_accuracy == expected[i].mean_accuracy);
  }
}

BOOST_AUTO_TEST_CASE(the_thief_gains_nine_tenths_of_what_the_best_shares_gain) {
  std::mt19937 random{1};
  double sum = 0, worst = 1;
  constexpr int cases = 300;
  for (int i = 0; i < cases; ++i) {
    const auto jobs = random_thief_jobs(random, 2); // fair shares are halves, so that tenths reach all shares
    double before = 0;
    for (const auto& job : jobs)
      before += job.accuracy_before / static_cast<double>(jobs.size());
    const auto reached = mean_of(thief_schedule(jobs, {.devices = 1, .rest = 9})) - before;
    const auto best = best_mean(jobs, 9, 0, 10, 0) - before;
    BOOST_TEST_REQUIRE(reached <= best + 1e-9);
    const auto part = best > 1e-9 ? reached / best : 1;
    worst = std::min(worst, part);
    sum += part;
  }
  BOOST_TEST_MESSAGE("thief / best: worst " << worst << ", mean " << sum / cases);
  BOOST_TEST(sum / cases >= .9);
}

// -- on micro-windows --------------------------------------------------------------------------------------

namespace {

constexpr allocation_options ekya{.kind = allocation_kind::ekya};

/// Runs one window; says whom each slice went to, and how long it was.
std::vector<std::pair<group_id, double>> slices_of_window(harness& policy, const std::vector<rising>& jobs,
                                                          std::uint32_t budget, std::vector<double>& had) {
  std::vector<std::pair<group_id, double>> out;
  had.resize(jobs.size());
  policy.open_window(budget);
  while (const auto id = policy.grant()) {
    const auto& job = jobs[id->value - 1];
    auto& trained = had[id->value - 1];
    const auto length = seconds_of(policy.length_of(*id));
    policy.complete(*id, {job.after(trained), job.after(trained + length), 0});
    trained += length;
    out.emplace_back(*id, length);
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_window_begins_with_micro_profiles_which_are_charged_to_it) {
  const std::vector<rising> jobs{{1, .1, .9, 4}, {1, .3, .6, 4}};
  auto policy = harness_of(jobs, ekya);
  std::vector<double> had;
  const auto slices = slices_of_window(policy, jobs, 12, had);
  BOOST_TEST_REQUIRE(slices.size() > 8u);
  std::map<group_id, double> profiled;
  for (std::size_t i = 0; i < 8; ++i) {
    BOOST_TEST(slices[i].second == .25);
    profiled[slices[i].first] += slices[i].second;
  }
  BOOST_TEST(profiled[group_id{1}] == 1);
  BOOST_TEST(profiled[group_id{2}] == 1);
  double sum = 0;
  for (std::size_t i = 8; i < slices.size(); ++i) {
    BOOST_TEST(slices[i].second == 1);
    sum += slices[i].second;
  }
  BOOST_TEST(sum <= 10);
}

BOOST_AUTO_TEST_CASE(a_complete_job_is_not_trained_again_and_frees_its_share_for_the_others) {
  // The first learns at once, the second slowly.
  const std::vector<rising> jobs{{1, .1, .8, 1}, {1, .1, .8, 8}};
  auto policy = harness_of(jobs, ekya);
  std::vector<double> had;
  const auto slices = slices_of_window(policy, jobs, 24, had);
  BOOST_TEST(had[0] < had[1]);
  std::size_t last_of_first = 0;
  for (std::size_t i = 0; i < slices.size(); ++i)
    if (slices[i].first == group_id{1})
      last_of_first = i;
  BOOST_TEST(last_of_first + 2 < slices.size());
  BOOST_TEST(policy.budget_left() > 0u); // both are complete, and their models have the rest of the window
}

BOOST_AUTO_TEST_CASE(nothing_is_trained_after_its_profile_that_learns_nothing) {
  const std::vector<rising> jobs{{1, .5, .5, 1}, {5, .2, .8, 4}};
  auto policy = harness_of(jobs, ekya);
  std::vector<double> had;
  slices_of_window(policy, jobs, 12, had);
  BOOST_TEST(had[0] == 1);
  BOOST_TEST(had[1] > 1);
}

BOOST_AUTO_TEST_CASE(the_size_of_a_group_means_nothing_to_ekya) {
  const std::vector<rising> small{{1, .1, .8, 3}, {1, .2, .7, 5}}, large{{9, .1, .8, 3}, {1, .2, .7, 5}};
  auto one = harness_of(small, ekya), other = harness_of(large, ekya);
  std::vector<double> had_one, had_other;
  slices_of_window(one, small, 16, had_one);
  slices_of_window(other, large, 16, had_other);
  BOOST_TEST(had_one == had_other, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_profile_without_readings_ends_all_the_same) {
  auto policy = harness_of({{1, 0, 0, 1}}, ekya);
  policy.open_window(12);
  int slices = 0;
  const auto unknown = std::nan("");
  while (const auto id = policy.grant()) {
    policy.complete(*id, {unknown, unknown, unknown});
    BOOST_TEST_REQUIRE(++slices <= 12);
  }
  BOOST_TEST(slices == 4);
}

BOOST_AUTO_TEST_CASE(shares_follow_the_schedule_once_it_is_made) {
  const std::vector<rising> jobs{{1, .1, .9, 4}, {1, .5, .5, 4}};
  auto policy = harness_of(jobs, ekya);
  std::vector<double> had;
  slices_of_window(policy, jobs, 12, had);
  BOOST_TEST(policy.initial_pass_is_over());
  BOOST_TEST(share_of(policy, 1) > .9);
}

BOOST_AUTO_TEST_SUITE_END()
