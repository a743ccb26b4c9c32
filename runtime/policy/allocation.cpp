// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/allocation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace ecco {

namespace {

constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();

/// A job that had this many micro-windows in a window and could gain no more than this by another rests
/// until the next window (decision 18). The first ones may be spent warming up.
constexpr std::uint32_t trials = 3;
constexpr double least_gain = 0.001;

/// What an old window's gain is still worth in the next (decision 19).
constexpr double fading = 0.5;

} // namespace

allocation::allocation(allocation_options options) : options_(options) {}

void allocation::start_job(group_id group, std::uint32_t members) {
  jobs_[group].members = members;
}

void allocation::end_job(group_id group) {
  jobs_.erase(group);
}

void allocation::open_window(std::uint32_t budget) {
  ++windows_;
  budget_ = budget;
  initial_passes_ = jobs_.size() <= budget ? budget : (budget + 1) / 2;
  for (auto& [id, j] : jobs_) {
    j.grants = 0;
    j.gain *= fading;
    j.window_gain = 0;
    j.window_error = -1;
  }
}

std::optional<group_id> allocation::grant() {
  if (budget_ == 0)
    return std::nullopt;
  auto* chosen = next_initial();
  auto initial = chosen != nullptr;
  // A job held over from the last window still has its initial pass to come: keep that much back.
  if (!chosen && budget_ > initial_passes_due())
    chosen = next_by_gain();
  if (!chosen)
    return std::nullopt;
  auto& j = chosen->second;
  --budget_;
  initial_passes_ -= initial;
  ++j.grants;
  j.last_served = ++served_;
  j.held = windows_;
  j.initial = initial;
  return chosen->first;
}

void allocation::complete(group_id group, const micro_window_outcome& outcome) {
  auto at = jobs_.find(group);
  if (at == jobs_.end() || at->second.held == 0)
    return;
  auto& j = at->second;
  auto of_this_window = j.held == windows_;
  j.held = 0;
  if (std::isfinite(outcome.after))
    j.accuracy = outcome.after;
  auto gain = outcome.after - outcome.before;
  if (!std::isfinite(gain))
    return;
  auto error = std::isfinite(outcome.standard_error) ? std::max(outcome.standard_error, 0.0) : 0.0;
  auto weight = j.measured ? options_.smoothing : 1.0;
  j.measured = true;
  j.gain += weight * (gain - j.gain);
  j.variance = weight * weight * error * error + (1 - weight) * (1 - weight) * j.variance;
  if (of_this_window) {
    // Gains in a row share an evaluation set, so their errors telescope instead of adding up.
    j.window_gain += gain;
    j.window_error = std::max(j.window_error, error);
  }
}

void allocation::refund(group_id group) {
  auto at = jobs_.find(group);
  if (at == jobs_.end() || at->second.held == 0)
    return;
  auto& j = at->second;
  if (j.held == windows_) {
    ++budget_;
    --j.grants;
    initial_passes_ += j.initial;
  }
  j.held = 0;
}

std::vector<job_share> allocation::shares() const {
  std::vector<job_share> result;
  auto weights = objective_weights();
  double sum = 0;
  for (const auto& [id, j] : jobs_) {
    // Gains within their error are no gains (decision 26): shares should not follow noise.
    auto gain = j.gain > std::sqrt(j.variance) ? j.gain : 0.0;
    result.push_back({id, weights[result.size()] * gain});
    sum += result.back().p;
  }
  auto equal = 1.0 / static_cast<double>(jobs_.size());
  for (auto& share : result)
    share.p = sum > 0 ? (1 - options_.share_floor) * (share.p / sum) + options_.share_floor * equal : equal;
  return result;
}

std::vector<job_standing> allocation::standings() const {
  std::vector<job_standing> result;
  for (const auto& [id, j] : jobs_) {
    auto measured = j.window_error >= 0;
    auto significant = std::abs(j.window_gain) > j.window_error;
    result.push_back({id, j.grants, j.accuracy, !measured ? unknown : significant ? j.window_gain : 0.0});
  }
  return result;
}

std::uint32_t allocation::budget_left() const {
  return budget_;
}

/// What one unit of accuracy gain of each job is worth in Eq. 1, in the order of jobs_: its part of the
/// size-weighted mean, and the minimum for the one weakest job. Once: the paper's line 12 stands inside the
/// loop, which would count it as often as the order of the jobs has it (decision 1).
std::vector<double> allocation::objective_weights() const {
  std::vector<double> weights;
  double sum = 0;
  std::size_t weakest = jobs_.size();
  double lowest = std::numeric_limits<double>::infinity();
  for (const auto& [id, j] : jobs_) {
    if (j.accuracy < lowest) { // false for NaN
      lowest = j.accuracy;
      weakest = weights.size();
    }
    weights.push_back(std::pow(j.members, options_.beta));
    sum += weights.back();
  }
  for (auto& w : weights)
    w *= options_.alpha / sum;
  if (weakest < weights.size())
    weights[weakest] += 1;
  return weights;
}

double allocation::optimistic(const job& j) const {
  return std::max(0.0, j.gain + options_.optimism * std::sqrt(j.variance));
}

bool allocation::is_spent(const job& j) const {
  return j.grants >= trials && optimistic(j) <= least_gain;
}

std::uint32_t allocation::initial_passes_due() const {
  auto waiting =
      std::count_if(jobs_.begin(), jobs_.end(), [](const auto& e) { return e.second.grants == 0; });
  return std::min(initial_passes_, static_cast<std::uint32_t>(waiting));
}

allocation::entry* allocation::next_initial() {
  entry* best = nullptr;
  if (initial_passes_ == 0)
    return best;
  for (auto& e : jobs_)
    if (e.second.held == 0 && e.second.grants == 0
        && (!best || e.second.last_served < best->second.last_served))
      best = &e;
  return best;
}

/// The greatest objective gain; of equals the job with fewer grants, then the one served longer ago.
allocation::entry* allocation::next_by_gain() {
  auto weights = objective_weights();
  entry* best = nullptr;
  double best_value = 0;
  std::size_t i = 0;
  for (auto& e : jobs_) {
    auto& j = e.second;
    auto value = weights[i++] * optimistic(j);
    if (j.held != 0 || is_spent(j))
      continue;
    if (!best || value > best_value
        || (value == best_value
            && std::tie(j.grants, j.last_served) < std::tie(best->second.grants, best->second.last_served))) {
      best = &e;
      best_value = value;
    }
  }
  return best;
}

} // namespace ecco
