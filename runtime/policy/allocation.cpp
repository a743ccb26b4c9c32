// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/allocation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecco {

namespace {

constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();

/// A job that had this many micro-windows in a window and could gain no more than this by another rests
/// until the next window (decision 18). The first ones may be spent warming up.
constexpr std::uint32_t trials = 3;
constexpr double least_gain = 0.001;
/// With noisy readings another micro-window always might gain something. After this many the window's whole
/// gain must show above its error, or the job rests too.
constexpr std::uint32_t noisy_trials = 6;

/// What an old window's gain is still worth in the next (decision 19).
constexpr double fading = 0.5;

/// Parts of micro-windows add up to whole ones but for rounding.
constexpr double almost_one = 1 - 1e-9;

} // namespace

bool allocation::job::is_in_pass() const {
  return seen.members > 0 && seen.grants > 0 && seen.trained < almost_one;
}

allocation::allocation(allocation_options options)
    : options_(options), rule_(make_allocation_rule(options)) {}

void allocation::count(const job& which, int sign) {
  waiting_ += static_cast<std::uint32_t>(which.waits() ? sign : 0);
  in_pass_ += static_cast<std::uint32_t>(which.is_in_pass() ? sign : 0);
  if (!which.waits() || which.held_since != 0)
    return;
  const std::pair at{which.seen.last_served, which.seen.group};
  if (sign > 0)
    first_.insert(at);
  else
    first_.erase(at);
}

template <class Change>
void allocation::change(job& of, Change how) {
  count(of, -1);
  how(of);
  of.seen.held = of.held_since != 0;
  of.seen.exhausted = is_exhausted(of);
  count(of, 1);
  rule_->update(of.seen);
}

void allocation::start_job(group_id group, std::uint32_t members) {
  auto& its = jobs_[group];
  its.seen.group = group;
  change(its, [&](job& j) { j.seen.members = members; });
}

void allocation::end_job(group_id group) {
  const auto at = jobs_.find(group);
  if (at == jobs_.end())
    return;
  count(at->second, -1);
  jobs_.erase(at);
  rule_->remove(group);
}

void allocation::open_window(std::uint32_t micro_windows) {
  ++windows_;
  const auto served =
      std::count_if(jobs_.begin(), jobs_.end(), [](const auto& e) { return e.second.seen.members > 0; });
  initial_passes_ = static_cast<std::uint64_t>(served) <= micro_windows
                        ? std::numeric_limits<std::uint32_t>::max()
                        : (micro_windows + 1) / 2;
  rule_->open_window();
  for (auto& [id, its] : jobs_)
    change(its, [](job& j) {
      j.seen.grants = 0;
      j.seen.trained = 0;
      j.seen.last = {unknown, unknown, unknown};
      j.seen.gain *= fading;
      j.window_gain = 0;
      j.window_error = -1;
    });
}

std::optional<slice_choice> allocation::grant(const window_rest& rest) {
  if (rest.micro_windows == 0)
    return std::nullopt;
  std::optional<group_id> chosen;
  const auto initial = initial_passes_ > 0 && !first_.empty();
  if (initial)
    chosen = first_.begin()->second;
  else if (rest.micro_windows
           > initial_passes_due()) // a job held over from the last window still has its initial pass to come
    chosen = rule_->next(rest);
  if (!chosen)
    return std::nullopt;
  auto& its = jobs_.at(*chosen);
  const auto part = rule_->part(*chosen);
  initial_passes_ -= initial;
  change(its, [&](job& j) {
    ++j.seen.grants;
    j.seen.last_served = ++served_;
    j.held_since = windows_;
    j.part = part;
    j.initial = initial;
  });
  return slice_choice{*chosen, part};
}

void allocation::complete(group_id group, const micro_window_outcome& outcome) {
  const auto at = jobs_.find(group);
  if (at == jobs_.end() || at->second.held_since == 0)
    return;
  change(at->second, [&](job& j) {
    const auto of_this_window = j.held_since == windows_;
    j.held_since = 0;
    if (std::isfinite(outcome.after))
      j.seen.accuracy = outcome.after;
    if (of_this_window) {
      j.seen.trained += j.part;
      j.seen.last = outcome;
    }
    const auto gained = outcome.after - outcome.before;
    if (!std::isfinite(gained))
      return;
    const auto error = std::isfinite(outcome.standard_error) ? std::max(outcome.standard_error, 0.0) : 0.0;
    const auto weight = j.measured ? options_.smoothing : 1.0;
    j.measured = true;
    j.seen.gain += weight * (gained / j.part - j.seen.gain);
    const auto scaled = error / j.part;
    j.seen.variance = weight * weight * scaled * scaled + (1 - weight) * (1 - weight) * j.seen.variance;
    if (of_this_window) {
      // Gains in a row share an evaluation set, so their errors telescope instead of adding up.
      j.window_gain += gained;
      j.window_error = std::max(j.window_error, error);
    }
  });
}

void allocation::refund(group_id group) {
  const auto at = jobs_.find(group);
  if (at == jobs_.end() || at->second.held_since == 0)
    return;
  change(at->second, [&](job& j) {
    if (j.held_since == windows_) {
      --j.seen.grants;
      initial_passes_ += j.initial;
    }
    j.held_since = 0;
  });
}

bool allocation::initial_pass_is_over() const {
  return windows_ > 0 && in_pass_ == 0 && initial_passes_due() == 0;
}

std::vector<job_share> allocation::shares() const {
  std::vector<job_share> result;
  double claims = 0, claimants = 0;
  for (const auto& [id, its] : jobs_) {
    if (its.seen.members == 0)
      continue;
    const auto is_new = its.seen.last_served == 0;
    result.push_back({id, is_new ? unknown : rule_->claim(its.seen)});
    claims += is_new ? 0 : result.back().p;
    claimants += is_new ? 0 : 1;
  }
  const auto equal = 1.0 / static_cast<double>(result.size());
  for (auto& share : result)
    share.p =
        std::isnan(share.p) || claims <= 0
            ? equal
            : equal * ((1 - options_.share_floor) * claimants * (share.p / claims) + options_.share_floor);
  return result;
}

std::vector<job_standing> allocation::standings() const {
  std::vector<job_standing> result;
  for (const auto& [id, its] : jobs_) {
    const auto measured = its.window_error >= 0;
    const auto significant = std::abs(its.window_gain) > its.window_error;
    result.push_back({id, its.seen.grants, its.seen.accuracy,
                      !measured     ? unknown
                      : significant ? its.window_gain
                                    : 0.0});
  }
  return result;
}

bool allocation::is_exhausted(const job& which) const {
  const auto& seen = which.seen;
  if (seen.grants < trials)
    return false;
  if (seen.gain + options_.optimism * std::sqrt(seen.variance) <= least_gain)
    return true;
  return seen.grants >= noisy_trials && which.window_error >= 0 && which.window_gain <= which.window_error;
}

std::uint32_t allocation::initial_passes_due() const {
  return std::min(initial_passes_, waiting_);
}

} // namespace ecco
