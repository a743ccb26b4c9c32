// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "actors/replay_script.hpp"
#include "messages/blob.hpp"

namespace ecco {

/// What a fresh server has to be told besides the messages, because the recorded one drew or chose it.
struct replay_facts {
  /// Of the cameras' welcomes, in their order.
  std::deque<std::uint64_t> media_tokens;
  std::uint16_t media_port = 0;
  /// What it began with: of revision 1; empty when no camera ever got it.
  blob first_weights;
};

/// Reads a whole recording for them.
result<replay_facts> replay_facts_of(const record_source& next);

} // namespace ecco
