// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "messages/codec.hpp"

namespace ecco {

/// Files of many messages are entries, one after the other with nothing between them: a message and what is
/// said about it, in the standard stream framing, with a check of its own.
inline constexpr std::size_t max_entry_bytes = max_message_bytes + (1u << 20);

/// How many bytes the entry has that begins with `data`; nothing when `data` is too short to tell.
/// @returns `malformed_data` when there is no such entry: too large, or in too many pieces.
result<std::optional<std::size_t>> entry_bytes(std::span<const std::uint8_t> data);

} // namespace ecco
