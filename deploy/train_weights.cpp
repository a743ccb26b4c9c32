// SPDX-License-Identifier: Apache-2.0
#include "deploy/train_weights.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>

#include "runtime/base/random.hpp"

namespace ecco {

namespace {

constexpr std::uint64_t rounds = 50;
constexpr double last_rate = .01;
constexpr int most_refusals = 10;

/// Which pictures the batch of a step consists of: those of a picture's rank in its epoch's order. Known from the step
/// alone, so that training that was interrupted goes on with what it would have seen.
class batches {
 public:
  batches(const std::vector<const labelled_frame*>& pictures, std::size_t size, std::uint64_t seed)
      : pictures_(pictures), size_(size), seed_(seed), order_(pictures.size()) {}

  std::vector<const labelled_frame*> of(std::uint64_t step) {
    std::vector<const labelled_frame*> out;
    for (std::uint64_t i = step * size_; i < (step + 1) * size_; ++i) {
      shuffle_for(i / pictures_.size());
      out.push_back(pictures_[order_[i % pictures_.size()]]);
    }
    return out;
  }

 private:
  void shuffle_for(std::uint64_t epoch) {
    if (shuffled_ && epoch == epoch_)
      return;
    shuffled_ = true;
    epoch_ = epoch;
    random_engine random{seed_for(seed_, "epoch " + std::to_string(epoch))};
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    for (auto i = order_.size(); i > 1; --i)
      std::swap(order_[i - 1], order_[below(random, i)]);
  }

  const std::vector<const labelled_frame*>& pictures_;
  std::size_t size_;
  std::uint64_t seed_;
  std::vector<std::size_t> order_;
  bool shuffled_ = false;
  std::uint64_t epoch_ = 0;
};

/// The recipe from stair number `round` on.
training_recipe recipe_at(const training_plan& plan, std::uint64_t round) {
  auto out = plan.recipe;
  const auto way = (static_cast<double>(round) + .5) / static_cast<double>(rounds);
  out.learning_rate *= last_rate + (1 - last_rate) * .5 * (1 + std::cos(std::numbers::pi * way));
  return out;
}

} // namespace

result<blob> train_weights(const training_plan& plan, const std::vector<const labelled_frame*>& pictures,
                           const training_callbacks& tell) {
  if (pictures.empty())
    return fail(ec::invalid_argument, "there is no picture to train on");
  batches drawn{pictures, plan.recipe.batch, plan.seed};
  auto state = plan.start;
  std::uint64_t tried = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const auto end = plan.steps * (round + 1) / rounds;
    auto learning = trainer::make(plan.spec, recipe_at(plan, round), state, plan.seed, plan.device);
    if (!learning)
      return tl::unexpected{learning.error()};
    auto& job = **learning;
    int refused = 0;
    bool goes_on = true;
    tried = std::max(tried, job.steps());
    for (; goes_on && job.steps() < end; ++tried) {
      const auto done = job.step(drawn.of(tried));
      if (!done && (done.error().code != ec::not_finite || ++refused == most_refusals))
        return tl::unexpected{done.error()};
      if (!done)
        continue;
      refused = 0;
      goes_on = tell.step(training_progress{job.steps(), done->loss});
    }
    state = job.checkpoint();
    if (auto kept = tell.stair(state); !kept)
      return tl::unexpected{kept.error()};
    if (!goes_on)
      break;
  }
  return state;
}

} // namespace ecco
