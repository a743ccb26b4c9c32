// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <utility>

#include "runtime/policy/allocation_rule.hpp"

namespace ecco {

/// What a gain in accuracy is worth: `scale * members^exponent * gain`, divided by the sum of
/// `members^exponent` over all jobs when `is_mean`, and `gain` once more for the job of lowest accuracy when
/// `is_fair`.
struct allocation_objective {
  double scale = 1, exponent = 1;
  bool is_mean = false, is_fair = false;
  /// As in allocation_options.
  double optimism = 1;
};

/// Paper Eq. 1 and Algorithm 1. The bonus of the job of lowest accuracy is added once: the paper's line 12
/// stands inside its loop, which would count it as often as the order of the jobs has it (decision 1).
allocation_objective ecco_objective(const allocation_options& options);

/// "RECL" is here what the paper's ablation takes it for (section 5.4.2, Fig. 10; decision 37): the same
/// greedy choice of micro-windows, for the total gain of all cameras, `members * gain`, without a bonus for
/// the weakest. RECL's own code was never published; its model zoo and its frame rates are no part of this.
/// So that nothing but the objective differs from ECCO, gains are estimated the same way and jobs that gain
/// nothing rest the same way.
allocation_objective recl_objective(const allocation_options& options);

/// Always the job whose next micro-window is worth most. Gains are taken optimistically and at least as 0; of
/// equals the job with fewer grants comes first, then the one served longer ago, then the lower id. Jobs that
/// are exhausted rest. O(log jobs) a decision, with an index by worth and one by accuracy.
class objective_rule final : public allocation_rule {
 public:
  explicit objective_rule(const allocation_objective& objective);

  void update(const job_record& job) override;
  void remove(group_id group) override;
  std::optional<group_id> next(const window_rest& rest) override;
  double claim(const job_record& job) const override;

 private:
  /// A job that can be served. Its worth is without what all jobs have in common: the division by the sum.
  struct candidate {
    double worth = 0, gain = 0;
    std::uint32_t grants = 0;
    std::uint64_t last_served = 0;
    group_id group;

    bool operator<(const candidate& other) const;
  };
  struct known {
    std::uint32_t members = 0;
    std::optional<candidate> ready;
    std::optional<double>
        accuracy; ///< nothing when it has none: the weakest is one of those that have (decision 38)
  };

  double mass(std::uint32_t members) const;
  double divisor() const;
  std::optional<group_id> weakest() const;
  void count_members(std::uint32_t members, int jobs);

  allocation_objective objective_;
  std::map<group_id, known> jobs_;
  std::set<candidate> ready_;                         ///< the most worth first
  std::set<std::pair<double, group_id>> by_accuracy_; ///< of equals the lower id is the weakest
  /// How many jobs there are of each size. The sum over it does not depend on who came when, to the last bit.
  std::map<std::uint32_t, std::uint32_t> sizes_;
  double total_mass_ = 0;
};

} // namespace ecco
