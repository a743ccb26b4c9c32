// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "actors/interfaces.hpp"

namespace ecco {

/// Where a node's events and statuses go besides its server: the log, the record of a run. Called from the actor.
struct telemetry_sink {
  std::function<void(const event&)> on_event;
  std::function<void(const camera_status&)> on_status;
  /// On a server the cameras there are: nothing is remembered of others, whoever tells of them.
  std::optional<std::set<camera_id>> cameras{};
};

struct telemetry_state {
  static constexpr const char* name = "telemetry";

  telemetry_sink sink;
  duration began{};
  std::map<camera_id, camera_standing> cameras;
  /// The server's, on a node that has one.
  telemetry_actor upstream;
  /// Who hears where cameras are, in which groups they take themselves to be and what they run; and what was told last.
  std::vector<whereabouts_actor> whereabouts;
  struct told {
    std::optional<location> place;
    group_id group;
    duration at{};
  };
  std::map<camera_id, told> told_of;
};

/// Stamps events, passes them to the sink and remembers how each camera stands.
telemetry_actor::behavior_type telemetry(telemetry_actor::stateful_pointer<telemetry_state> self,
                                         telemetry_sink sink);

} // namespace ecco
