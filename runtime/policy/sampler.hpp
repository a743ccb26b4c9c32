// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "config/sampling_mode.hpp"
#include "messages/plan.hpp"
#include "runtime/policy/sampling_file.hpp"
#include "runtime/policy/sampling_refiner.hpp"

namespace ecco {

struct sampler_options {
  sampling_mode mode = sampling_mode::fixed;
  /// Look for better configurations than the tables'.
  bool refine = false;
  /// What a whole group sends in `fixed` mode, and in `table` mode before its budget is known. All plans have the rest
  /// from it; its size is the largest of the grid.
  sampling_plan whole;
  /// Measured tables; where there is none, a default by the camera's motion.
  sampling_tables tables;
  std::set<camera_id> mobile;
  /// The network's input, 0x0 for any.
  picture_size input;
  /// |T|, more than 0.
  duration window = std::chrono::seconds{60};
  std::uint64_t seed = 1;
};

/// Decides what each camera sends to train on (paper 3.2.1): its group's GPU budget c_j buys a configuration (f*, q*)
/// from the camera's table, and the group's n_j members share the rate. Remembers what cameras were told, so that they
/// hear only of what matters. Pure.
class sampler {
 public:
  explicit sampler(sampler_options options);

  /// False in `ams` mode: somebody who looks at the scene decides.
  bool decides() const { return options_.mode != sampling_mode::ams; }

  /// A group's budget and what devices get done. Later ones replace it.
  void hear(const gpu_share& share);
  /// The group is over.
  void forget(group_id group) { shares_.erase(group); }

  /// What `camera` sends as one of `members` of `group`, and is told now.
  sampling_plan plan(const camera_id& camera, group_id group, std::uint32_t members);
  /// The same when that is news to the camera: another size, or a rate that changed by a tenth or more.
  std::optional<sampling_plan> news(const camera_id& camera, group_id group, std::uint32_t members);

  /// A window is over: a camera's accuracy under its group's model, [0, 1]; NaN when there is none. What a
  /// configuration is worth is what accuracy gained in the window it was used in.
  void scored(const camera_id& camera, double accuracy);
  /// The camera's world changed, or its group did: what it gained before says nothing.
  void renewed(const camera_id& camera);

 private:
  struct budget {
    double devices = 0;
    sampling_cost cost;
  };

  /// One camera's searches, each around a level of its table: the budget goes up and down, what was found stays.
  struct search {
    std::map<double, sampling_refiner> by_level;
    /// Of this window: the level, and what its search says; none before it is asked for.
    std::optional<std::pair<double, sampling_choice>> now;
    /// After the last window; none when that is not known.
    std::optional<double> accuracy;
  };

  sampling_choice whole_choice(const camera_id& camera, const budget& of);
  sampling_choice refined(const camera_id& camera, const sampling_choice& from, const budget& of);
  const sampling_table& table_of(const camera_id& camera) const;
  sampling_plan decide(const camera_id& camera, group_id group, std::uint32_t members);

  sampler_options options_;
  sampling_grid grid_;
  sampling_table stationary_, mobile_;
  std::map<group_id, budget> shares_;
  std::map<camera_id, search> searches_;
  std::map<camera_id, sampling_plan> told_;
};

} // namespace ecco
