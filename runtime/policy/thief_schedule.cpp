// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/thief_schedule.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

namespace ecco {

namespace {

/// Shares are sums of steps: what is this close to a bound has reached it, and no smaller improvement is one.
constexpr double tolerance = 1e-9;

/// PICK for one job: how long it trains with so many devices, and EST of that. A longer training is worth
/// more later and leaves less time for it, so that the estimate rises to one maximum and falls.
thief_share pick(const thief_job& job, double devices, const thief_terms& terms) {
  thief_share out{job.group, devices, 0, job.accuracy_before};
  const auto most = static_cast<std::uint32_t>(devices * terms.rest + tolerance);
  for (std::uint32_t length = 1; length <= most; ++length) {
    const auto after = job.curve.at(job.trained + length);
    const auto done = std::min(1.0, length / devices / terms.rest);
    const auto estimate = done * job.accuracy_before + (1 - done) * after;
    if (estimate > out.mean_accuracy + tolerance) {
      out.length = length;
      out.mean_accuracy = estimate;
    } else if (out.length > 0) {
      break;
    }
  }
  return out;
}

/// What a step less would cost each job, and who is the first of those that it costs less than something: a tree of
/// minima over the jobs, so that a thief passes over all who would lose more than it gains at once.
class cost_tree {
 public:
  explicit cost_tree(std::size_t jobs) : leaves_(std::bit_ceil(std::max<std::size_t>(1, jobs))) {
    least_.assign(2 * leaves_, nothing_to_take);
  }

  void set(std::size_t job, double cost) {
    auto at = leaves_ + job;
    least_[at] = cost;
    for (at /= 2; at > 0; at /= 2)
      least_[at] = std::min(least_[2 * at], least_[2 * at + 1]);
  }

  /// The first job from `from` on that a step less costs no more than `most`; `none` when there is none.
  std::size_t first(std::size_t from, double most) const {
    if (from >= leaves_)
      return none;
    // Up to the first tree to the right that holds one, and down to it.
    auto at = leaves_ + from;
    while (!(least_[at] <= most)) {
      while (at % 2 == 1)
        at /= 2;
      if (at == 0)
        return none;
      ++at;
    }
    while (at < leaves_)
      at = least_[2 * at] <= most ? 2 * at : 2 * at + 1;
    return at - leaves_;
  }

  static constexpr auto none = std::numeric_limits<std::size_t>::max();
  static constexpr auto nothing_to_take = std::numeric_limits<double>::infinity();

 private:
  std::size_t leaves_;
  std::vector<double> least_;
};

/// The shares as they are stolen.
class robbery {
 public:
  robbery(std::span<const thief_job> jobs, const thief_terms& terms)
      : jobs_(jobs), terms_(terms), costs_(jobs.size()) {
    const auto fair = std::min(terms.most_devices,
                               terms.devices / static_cast<double>(std::max<std::size_t>(1, jobs.size())));
    for (const auto& job : jobs)
      shares_.push_back(pick(job, fair, terms));
    poorer_.resize(jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i)
      weigh(i);
  }

  /// Takes step after step from one victim after the other, in their order.
  void rob_for(std::size_t thief) {
    auto richer = grown(thief);
    for (auto victim = costs_.first(0, gain_of(thief, richer)); victim != cost_tree::none;
         victim = costs_.first(victim + 1, gain_of(thief, richer))) {
      if (victim == thief)
        continue;
      while (richer && can_give(victim) && pays(thief, *richer, victim)) {
        shares_[thief] = *richer;
        shares_[victim] = poorer_[victim];
        weigh(victim);
        richer = grown(thief);
      }
    }
    weigh(thief);
  }

  std::vector<thief_share> shares() && { return std::move(shares_); }

 private:
  bool can_give(std::size_t job) const { return shares_[job].devices + tolerance >= terms_.step; }

  /// The mean accuracy grows. Sums are compared, as the algorithm has it, and not differences, which round otherwise.
  bool pays(std::size_t thief, const thief_share& richer, std::size_t victim) const {
    return richer.mean_accuracy + poorer_[victim].mean_accuracy
           > shares_[thief].mean_accuracy + shares_[victim].mean_accuracy + tolerance;
  }

  /// What the thief has with a step more, unless it could not use that.
  std::optional<thief_share> grown(std::size_t thief) const {
    const auto devices = shares_[thief].devices + terms_.step;
    if (devices > terms_.most_devices + tolerance)
      return std::nullopt;
    return pick(jobs_[thief], devices, terms_);
  }

  /// More than any victim may lose for it to pay: what differs only by rounding is left to `pays`.
  double gain_of(std::size_t thief, const std::optional<thief_share>& richer) const {
    constexpr double slack = 1e-12;
    return richer ? richer->mean_accuracy - shares_[thief].mean_accuracy - tolerance + slack
                  : -std::numeric_limits<double>::infinity();
  }

  void weigh(std::size_t job) {
    if (!can_give(job))
      return costs_.set(job, cost_tree::nothing_to_take);
    poorer_[job] = pick(jobs_[job], std::max(0.0, shares_[job].devices - terms_.step), terms_);
    costs_.set(job, shares_[job].mean_accuracy - poorer_[job].mean_accuracy);
  }

  std::span<const thief_job> jobs_;
  thief_terms terms_;
  std::vector<thief_share> shares_;
  /// What each has with a step less; of those that have a step to give.
  std::vector<thief_share> poorer_;
  cost_tree costs_;
};

} // namespace

std::vector<thief_share> thief_schedule(std::span<const thief_job> jobs, const thief_terms& terms) {
  robbery all{jobs, terms};
  for (std::size_t thief = 0; thief < jobs.size(); ++thief)
    all.rob_for(thief);
  return std::move(all).shares();
}

} // namespace ecco
