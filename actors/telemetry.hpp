// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>

#include "actors/interfaces.hpp"

namespace ecco {

/// Where a node's events and statuses go besides its server: the log, the record of a run. Called from the actor.
struct telemetry_sink {
  std::function<void(const event&)> on_event;
  std::function<void(const camera_status&)> on_status;
};

struct telemetry_state {
  static constexpr const char* name = "telemetry";

  telemetry_sink sink;
  duration began{};
  std::map<camera_id, camera_standing> cameras;
  /// The server's, on a node that has one.
  telemetry_actor upstream;
  /// Who hears of cameras that move, and where each was when that was told last.
  whereabouts_actor whereabouts;
  std::map<camera_id, location> told;
};

/// Stamps events, passes them to the sink and remembers how each camera stands.
telemetry_actor::behavior_type telemetry(telemetry_actor::stateful_pointer<telemetry_state> self,
                                         telemetry_sink sink);

} // namespace ecco
