// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "runtime/base/random.hpp"
#include "runtime/policy/sampling_table.hpp"

namespace ecco {

struct refiner_options {
  /// Standard errors of their difference by which a neighbour must beat what is in use, or lose to it.
  double significance = 3;
  /// Windows a configuration is tried in before it is judged, and after which a neighbour that is neither better nor
  /// worse is given up.
  std::uint32_t least_trials = 4, most_trials = 16;
  /// Every so many windows one is spent on a neighbour, at least 2.
  std::uint32_t explore_every = 3;
};

/// Looks, while the system runs, whether a neighbour of a table's (f, q) teaches a camera better (decision 35). Within
/// a budget, seeded, and careful: one neighbour at a time is tried in every third window, and it takes over only when
/// the evidence is significant. Neighbours are one step of rate, of size, or of both away. When none is left to try it
/// rests until `reset`. Pure; one `next` and one `learn` a window.
class sampling_refiner {
 public:
  using affordable = std::function<bool(const sampling_choice&)>;

  /// Begins at the grid's configuration at or below `start`.
  sampling_refiner(sampling_grid grid, const sampling_choice& start, std::uint64_t seed, refiner_options options = {});

  /// What to do in the next window: the best known configuration, or a neighbour of it. One of the grid, always, and
  /// affordable if the best one is.
  sampling_choice next(const affordable& can_pay);

  /// What the window that `next` was asked for was worth. NaN: that is not known.
  void learn(double reward);

  sampling_choice best() const { return choice_of(best_); }
  /// Nothing is left to try.
  bool resting() const { return resting_; }

  /// The world has changed: what was seen counts no more. The best known configuration stays.
  void reset();

 private:
  /// Indices of rate and size.
  using arm = std::pair<std::size_t, std::size_t>;

  struct record {
    /// `squares` is the sum of squared deviations from the mean.
    double trials = 0, mean = 0, squares = 0;

    void add(double reward);
  };

  sampling_choice choice_of(const arm& a) const { return {grid_.fps[a.first], grid_.sizes[a.second]}; }
  std::optional<arm> untried_neighbour(const affordable& can_pay);
  void judge(const arm& tried);

  sampling_grid grid_;
  refiner_options options_;
  random_engine random_;
  arm best_, playing_;
  std::map<arm, record> records_;
  /// Neighbours of the best one that are judged already, and the one on trial.
  std::set<arm> judged_;
  std::optional<arm> on_trial_;
  std::uint32_t windows_ = 0;
  bool resting_ = false;
};

} // namespace ecco
