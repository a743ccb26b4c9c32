// SPDX-License-Identifier: Apache-2.0
// Private to messages/: between Cap'n Proto's messages and flat bytes.
#pragma once

#include <span>
#include <vector>

#include <capnp/message.h>
#include <capnp/serialize.h>

#include "messages/blob.hpp"
#include "messages/wire.hpp"

namespace ecco::wire {

/// `message` in the stream framing, with the bytes of `gaps` from where they are.
bytes flatten(capnp::MessageBuilder& message, std::vector<gap> gaps);

/// Bytes before the first segment of such a message.
inline std::size_t table_bytes(std::size_t segments) {
  return 4 * (segments + 1) + (segments % 2 == 0 ? 4 : 0);
}

/// `data` as words, by way of `copy` when it is not aligned to them.
kj::ArrayPtr<const capnp::word> words_of(std::span<const std::uint8_t> data, kj::Array<capnp::word>& copy);

} // namespace ecco::wire
