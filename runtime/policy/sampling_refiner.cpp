// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampling_refiner.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ecco {

void sampling_refiner::record::add(double reward) {
  ++trials;
  const auto off = reward - mean;
  mean += off / trials;
  squares += off * (reward - mean);
}

sampling_refiner::sampling_refiner(sampling_grid grid, const sampling_choice& start, std::uint64_t seed,
                                   refiner_options options)
    : grid_(std::move(grid)), options_(options), random_(seed), best_{0, 0} {
  while (best_.first + 1 < grid_.fps.size() && grid_.fps[best_.first + 1] <= start.fps)
    ++best_.first;
  const auto fits = [&](const picture_size& size) {
    return size.width <= start.size.width && size.height <= start.size.height;
  };
  while (best_.second + 1 < grid_.sizes.size() && fits(grid_.sizes[best_.second + 1]))
    ++best_.second;
  playing_ = best_;
}

sampling_choice sampling_refiner::next(const affordable& can_pay) {
  ++windows_;
  playing_ = best_;
  const auto known = records_[best_].trials >= options_.least_trials;
  if (known && windows_ % std::max(options_.explore_every, 2u) == 0) {
    if (!on_trial_ || !can_pay(choice_of(*on_trial_)))
      on_trial_ = untried_neighbour(can_pay);
    if (on_trial_)
      playing_ = *on_trial_;
    resting_ = !on_trial_;
  }
  return choice_of(playing_);
}

void sampling_refiner::learn(double reward) {
  if (!std::isfinite(reward))
    return;
  records_[playing_].add(reward);
  if (on_trial_ && records_[*on_trial_].trials >= options_.least_trials)
    judge(*on_trial_);
}

void sampling_refiner::judge(const arm& tried) {
  const auto &rival = records_[tried], &holder = records_[best_];
  const auto lead = rival.mean - holder.mean;
  // Noise is the same whatever is tried: pooled, four trials are not taken for more than they are.
  const auto noise = (rival.squares + holder.squares) / (rival.trials + holder.trials - 2);
  const auto doubt = options_.significance * std::sqrt(noise * (1 / rival.trials + 1 / holder.trials));
  if (lead > doubt) {
    best_ = tried;
    judged_.clear();
    on_trial_.reset();
  } else if (lead < -doubt || rival.trials >= options_.most_trials) {
    judged_.insert(tried);
    on_trial_.reset();
  }
}

std::optional<sampling_refiner::arm> sampling_refiner::untried_neighbour(const affordable& can_pay) {
  std::vector<arm> open;
  for (int rate = -1; rate <= 1; ++rate)
    for (int size = -1; size <= 1; ++size) {
      const arm a{best_.first + rate, best_.second + size}; // below 0 is beyond the end
      if (a != best_ && a.first < grid_.fps.size() && a.second < grid_.sizes.size() && !judged_.contains(a)
          && can_pay(choice_of(a)))
        open.push_back(a);
    }
  if (open.empty())
    return {};
  return open[below(random_, open.size())];
}

void sampling_refiner::reset() {
  records_.clear();
  judged_.clear();
  on_trial_.reset();
  resting_ = false;
}

} // namespace ecco
