// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "actors/interfaces.hpp"
#include "config/rate_law.hpp"
#include "runtime/policy/share_correction.hpp"

namespace ecco {

struct rate_divider_config {
  rate_law law = rate_law::corrected;
  /// How often what arrives is measured, told to telemetry, and under `corrected` corrects the weights.
  duration correct_every = std::chrono::seconds{10};
  correction_options correction;
};

struct rate_divider_state {
  static constexpr const char* name = "rate_divider";

  explicit rate_divider_state(rate_divider_actor::stateful_pointer<rate_divider_state> selfptr) : self(selfptr) {}

  rate_divider_actor::behavior_type make_behavior();

  /// p_j / n_j of every camera in a group. A group that was not told its share yet counts as one of equals.
  std::map<camera_id, double> weights() const;
  /// What each camera should be told.
  std::map<camera_id, double> increases() const;
  /// Tells those cameras for whom something changed.
  void tell_cameras();
  void measure();

  rate_divider_actor::stateful_pointer<rate_divider_state> self;
  rate_divider_config config;
  telemetry_actor telemetry;
  struct camera {
    camera_actor device;
    std::optional<group_id> group;
    std::uint64_t received = 0;
    /// The additive increase it was last told; none since it came.
    std::optional<double> told;
  };
  std::map<camera_id, camera> cameras;
  std::map<group_id, double> shares;
  std::map<group_id, std::uint32_t> members;
  share_correction correction;
  /// Who competes or by how much changed since the cameras were told.
  bool changed = false;
  duration measured{};
};

/// Turns the groups' shares of the GPU into weights of their cameras on the uplink (paper 3.2.2), and under the
/// corrected law sees to it that what arrives follows them. Under `aimd` and `fixed` it only measures.
rate_divider_actor::behavior_type rate_divider(rate_divider_actor::stateful_pointer<rate_divider_state> self,
                                               rate_divider_config config, telemetry_actor telemetry);

} // namespace ecco
