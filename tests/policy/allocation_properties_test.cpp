// SPDX-License-Identifier: Apache-2.0
// What holds under every rule, whatever happens in whatever order; and how near ECCO comes to the best there
// is.
#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "allocation_harness.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

const std::vector<allocation_kind> all_kinds{allocation_kind::ecco, allocation_kind::recl,
                                             allocation_kind::ekya, allocation_kind::uniform};

/// Algorithm 1 as the paper has it: the last gain alone, no optimism.
allocation_options as_printed() {
  return {.smoothing = 1, .optimism = 0};
}

/// Eq. 1.
double objective(const std::vector<rising>& jobs, const std::vector<double>& trained, double beta = .5) {
  double sum = 0, weights = 0, least = 1;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto weight = std::pow(jobs[i].members, beta);
    const auto accuracy = jobs[i].after(trained[i]);
    sum += weight * accuracy;
    weights += weight;
    least = std::min(least, accuracy);
  }
  return sum / weights + least;
}

/// The greatest objective over all ways to deal out `left` micro-windows from job `at` on.
double best_objective(const std::vector<rising>& jobs, std::vector<double>& trained, std::size_t at,
                      std::uint32_t left) {
  if (at + 1 == jobs.size()) {
    trained[at] = left;
    return objective(jobs, trained);
  }
  double best = 0;
  for (std::uint32_t g = 0; g <= left; ++g) {
    trained[at] = g;
    best = std::max(best, best_objective(jobs, trained, at + 1, left - g));
  }
  return best;
}

/// What part of the gain that the best allocation of a random window brings the policy brings. Every job can
/// have three micro-windows, as with W = max(12, 3 |J|).
double part_of_best(std::mt19937& random, allocation_options options) {
  const auto jobs = random_jobs(random, 1 + random() % 4);
  const auto budget =
      std::max(4 + static_cast<std::uint32_t>(random() % 9), 3 * static_cast<std::uint32_t>(jobs.size()));
  auto policy = harness_of(jobs, options);
  const auto reached = objective(jobs, run_window(policy, jobs, budget));
  std::vector<double> trained(jobs.size());
  const auto nothing = objective(jobs, trained);
  const auto best = best_objective(jobs, trained, 0, budget);
  BOOST_TEST_REQUIRE(reached <= best + 1e-12);
  return (reached - nothing) / (best - nothing);
}

/// An allocator to which anything may happen, and what must be true of it all along.
struct anything_goes {
  explicit anything_goes(allocation_kind kind, std::uint64_t seed) : policy{{.kind = kind}}, random{seed} {}

  harness policy;
  std::mt19937_64 random;
  std::map<group_id, std::uint32_t> jobs;
  std::set<group_id> out;         ///< of this window, the newest slice of each
  std::set<group_id> from_before; ///< still out when the window opened
  std::uint32_t devices = 1, most_devices = 1, micro_windows = 0;
  double granted = 0;                       ///< micro-windows, without those that came to nothing
  duration total{}, ended{}, overhead{};    ///< of this window
  std::map<group_id, duration> out_lengths; ///< of slices of this window

  std::uint32_t up_to(std::uint32_t most) { return static_cast<std::uint32_t>(random() % (most + 1)); }

  group_id any_of(const std::set<group_id>& some) {
    return *std::next(some.begin(), static_cast<std::ptrdiff_t>(random() % some.size()));
  }

  void open() {
    from_before.insert(out.begin(), out.end());
    out.clear();
    out_lengths.clear();
    micro_windows = up_to(12);
    most_devices = devices;
    granted = 0;
    total = harness::slice * (micro_windows * devices);
    ended = overhead = {};
    policy.open_window(micro_windows, devices);
  }

  void grant() {
    const auto id = policy.grant();
    if (!id)
      return;
    RC_ASSERT(jobs.contains(*id));
    RC_ASSERT(jobs.at(*id) > 0u);
    RC_ASSERT(!from_before.contains(*id)); // one device at a time
    RC_ASSERT(out.insert(*id).second);
    out_lengths[*id] = policy.length_of(*id);
    granted += seconds_of(policy.length_of(*id));
    auto used = ended + overhead;
    for (const auto& [group, length] : out_lengths)
      used += length;
    RC_ASSERT(used <= total);
    if (most_devices == devices)
      RC_ASSERT(granted <= micro_windows * devices + 1e-6);
  }

  micro_window_outcome any_outcome() {
    const auto some = [this] { return up_to(9) == 0 ? std::nan("") : up_to(100) / 100.; };
    return {some(), some(), up_to(9) == 0 ? std::nan("") : up_to(10) / 100.};
  }

  void end_one(bool lost) {
    if (!from_before.empty() && up_to(1) == 0) {
      const auto id = any_of(from_before);
      from_before.erase(id);
      if (lost)
        policy.refund(id);
      else
        policy.complete(id, any_outcome());
    } else if (!out.empty()) {
      const auto id = any_of(out);
      const auto length = out_lengths.at(id);
      out.erase(id);
      out_lengths.erase(id);
      if (lost) {
        policy.refund(id);
        granted -= seconds_of(length);
      } else {
        const auto busy = length * up_to(15) / 10;
        ended += std::max(length, busy);
        policy.complete(id, any_outcome(), busy);
      }
    }
  }

  void change_job() {
    const group_id id{1 + up_to(7)};
    if (up_to(4) == 0) {
      // The slice of a job that ended is charged, or given back, as any other's: the test forgets only who
      // had it.
      policy.refund(id);
      if (out.erase(id)) {
        granted -= seconds_of(out_lengths.at(id));
        out_lengths.erase(id);
      }
      from_before.erase(id);
      policy.end_job(id);
      jobs.erase(id);
    } else {
      jobs[id] = up_to(6);
      policy.start_job(id, jobs[id]);
    }
  }

  void change_devices() {
    const auto now = 1 + up_to(3);
    const auto left = harness::slice * up_to(micro_windows);
    total += left * (static_cast<int>(now) - static_cast<int>(devices));
    devices = now;
    most_devices = std::max(most_devices, now + 1); // the count is no longer W a device
    policy.devices_are(devices, left);
  }

  void check_shares() const {
    const auto shares = policy.shares();
    const auto with_members =
        std::count_if(jobs.begin(), jobs.end(), [](const auto& job) { return job.second > 0; });
    RC_ASSERT(shares.size() == static_cast<std::size_t>(with_members));
    double sum = 0;
    for (const auto& share : shares) {
      RC_ASSERT(share.p >= .1 / static_cast<double>(shares.size()) - 1e-12);
      sum += share.p;
    }
    RC_ASSERT(shares.empty() || std::abs(sum - 1) < 1e-9);
  }

  void step() {
    switch (up_to(15)) {
      case 0: open(); break;
      case 1: change_job(); break;
      case 2: change_devices(); break;
      case 3: {
        const auto busy = harness::slice * up_to(10) / 10;
        overhead += busy;
        policy.budget.charge(busy);
        break;
      }
      case 4: end_one(true); break;
      case 5:
      case 6:
      case 7:
      case 8:
      case 9: end_one(false); break;
      default: grant();
    }
    check_shares();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(allocation_properties)

RC_BOOST_PROP(the_budget_is_never_exceeded_and_shares_sum_to_one_whatever_happens, (std::uint64_t seed)) {
  for (const auto kind : all_kinds) {
    anything_goes test{kind, seed};
    for (std::uint32_t id = 1; id <= 4; ++id) {
      test.jobs[group_id{id}] = id;
      test.policy.start_job(group_id{id}, id);
    }
    test.open();
    for (int i = 0; i < 300; ++i)
      test.step();
  }
}

RC_BOOST_PROP(every_job_is_served_in_every_window_that_has_room_for_it, (std::uint32_t seed)) {
  for (const auto kind : all_kinds) {
    std::mt19937 random{seed};
    const auto jobs = random_jobs(random, 1 + random() % 12);
    auto policy = harness_of(jobs, {.kind = kind});
    for (int window = 0; window < 3; ++window) {
      const auto budget = static_cast<std::uint32_t>(jobs.size() + random() % 20);
      for (const auto trained : run_window(policy, jobs, budget))
        RC_ASSERT(trained > 0);
    }
  }
}

RC_BOOST_PROP(with_too_few_micro_windows_every_job_has_its_turn_soon, (std::uint32_t seed)) {
  for (const auto kind : all_kinds) {
    std::mt19937 random{seed};
    const auto jobs = random_jobs(random, 2 + random() % 30);
    const auto budget = 1 + static_cast<std::uint32_t>(random() % (jobs.size() - 1));
    auto policy = harness_of(jobs, {.kind = kind});
    std::vector<double> had;
    const auto passes = (budget + 1) / 2;
    for (std::size_t window = 0; window < (jobs.size() + passes - 1) / passes; ++window)
      run_window(policy, jobs, budget, had);
    for (const auto trained : had)
      RC_ASSERT(trained > 0);
  }
}

/// While all gain alike, whoever is the weakest is served, however small its group and whatever alpha <= 1 and beta are:
/// at once when gains are taken as measured, and before every other job had a turn when less certain ones are taken
/// for more.
RC_BOOST_PROP(the_worst_group_is_never_starved, (std::uint32_t seed)) {
  for (const auto optimism : {0., allocation_options{}.optimism}) {
    std::mt19937 random{seed};
    const auto part = [&] { return static_cast<double>(random() % 101) / 100; };
    harness policy{{.alpha = part(), .beta = part(), .optimism = optimism}};
    std::map<group_id, double> accuracy;
    const auto count = 2 + static_cast<std::uint32_t>(random() % 8);
    for (std::uint32_t id = 1; id <= count; ++id) {
      policy.start_job(group_id{id}, 1 + static_cast<std::uint32_t>(random() % 50));
      accuracy[group_id{id}] = part() / 2;
    }
    constexpr double gain = .005;
    for (int window = 0; window < 3; ++window) {
      policy.open_window(count + 20);
      std::uint32_t passed_over = 0;
      for (std::uint32_t granted = 0; granted < count + 20; ++granted) {
        const auto id = policy.grant();
        RC_ASSERT(id.has_value());
        const auto worst = std::min_element(accuracy.begin(), accuracy.end(),
                                            [](const auto& a, const auto& b) { return a.second < b.second; });
        auto& its = accuracy.at(*id);
        passed_over = granted < count || its <= worst->second + 1e-9 ? 0 : passed_over + 1;
        RC_ASSERT(passed_over <= (optimism > 0 ? count - 1 : 0));
        policy.complete(*id, {its, its + gain, .001});
        its += gain;
      }
    }
  }
}

RC_BOOST_PROP(the_order_in_which_jobs_arrive_does_not_matter, (std::uint32_t seed)) {
  for (const auto kind : all_kinds) {
    std::mt19937 random{seed};
    const auto jobs = random_jobs(random, 7);
    std::vector<std::uint32_t> order(jobs.size());
    for (std::uint32_t i = 0; i < order.size(); ++i)
      order[i] = i;
    auto forwards = harness_of(jobs, {.kind = kind});
    std::shuffle(order.begin(), order.end(), random);
    harness shuffled{{.kind = kind}};
    for (const auto i : order) {
      shuffled.start_job(group_id{i + 1}, 1 + static_cast<std::uint32_t>(random() % 9)); // it grew
      shuffled.start_job(group_id{i + 1}, jobs[i].members);
    }
    std::vector<double> one, other;
    for (int window = 0; window < 3; ++window) {
      const auto budget = 3 + static_cast<std::uint32_t>(random() % 20);
      run_window(forwards, jobs, budget, one);
      run_window(shuffled, jobs, budget, other);
      RC_ASSERT(one == other);
      RC_ASSERT(forwards.shares() == shuffled.shares());
    }
  }
}

/// The bound is measured, not derived: the worst of 3,000 windows had .90 of the optimum, their mean was .99, and none of
/// 40,000 was below .8.
/// Here 4000 windows a run.
RC_BOOST_PROP(greedy_brings_at_least_four_fifths_of_what_the_best_allocation_brings, (std::uint32_t seed)) {
  std::mt19937 random{seed};
  for (int i = 0; i < 40; ++i)
    RC_ASSERT(part_of_best(random, as_printed()) >= .8);
}

BOOST_AUTO_TEST_CASE(greedy_brings_98_percent_of_what_the_best_allocation_brings_on_average) {
  for (const auto& options :
       {as_printed(), allocation_options{}}) { // smoothed gains follow a concave curve later
    std::mt19937 random{1};
    constexpr int cases = 3000;
    double worst = 1, sum = 0;
    for (int i = 0; i < cases; ++i) {
      const auto part = part_of_best(random, options);
      worst = std::min(worst, part);
      sum += part;
    }
    BOOST_TEST_MESSAGE("greedy / best: worst " << worst << ", mean " << sum / cases);
    BOOST_TEST(sum / cases >= .98);
  }
}

BOOST_AUTO_TEST_SUITE_END()
