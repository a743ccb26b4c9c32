// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace ecco {

/// The names of all messages that travel between nodes, as `kind_of` gives them.
std::vector<std::string_view> message_kinds();

/// What actors say besides, as a recording (recording.capnp) calls it.
inline constexpr std::string_view other_kinds[] = {"peer", "done", "due", "close", "adrift", "exit", "down", "other"};

} // namespace ecco
