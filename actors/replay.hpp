// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/reception.hpp"
#include "actors/replay_facts.hpp"
#include "actors/replay_script.hpp"
#include "messages/recording.hpp"

namespace ecco {

/// Where a replay and its recording part.
struct replay_difference {
  duration at{};
  std::string what;
  /// Either may be missing: then that side says nothing there.
  std::optional<recorded_message> recorded, replayed;
};

struct replay_outcome {
  /// Messages that came from outside the server, and were fed; messages of the server, compared byte for byte.
  std::uint64_t fed = 0, compared = 0;
  duration length{};
  /// The replay ends at the first.
  std::optional<replay_difference> difference;
};

/// Runs a recording again: a fresh server made of `parts`, under a virtual clock of its own, is sent what the recorded
/// one was sent from outside, each at its time and between the same messages, and what it says, to whom and when, is
/// compared with what was said then. `parts` are those of the recorded server, with a store as it found it; media link
/// and tokens are seen to by `facts`.
/// @returns what `next` fails with, or `unsupported` for a message that cannot be made again: not one of a single
///          process under the virtual clock.
result<replay_outcome> replay(server_parts parts, const replay_facts& facts, const record_source& next);

} // namespace ecco
