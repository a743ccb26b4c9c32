// SPDX-License-Identifier: Apache-2.0
// Private to messages/: entries of files, whose root begins with a word that checks the rest.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <capnp/message.h>
#include <capnp/serialize.h>

#include "messages/capnp_error.hpp"
#include "messages/entry.hpp"
#include "messages/flat.hpp"

namespace ecco::wire {

/// `entry` as bytes, with its check: the first word of the root's data, which lies in the first segment.
bytes finish(capnp::MallocMessageBuilder& entry, std::vector<gap> gaps = {});

/// Takes the check out of `words`, which `entry` reads, and compares. Throws an `error`.
void verify(kj::ArrayPtr<capnp::word> words, capnp::MessageReader& entry);

/// Decodes one whole entry: `read` gets it once its check is known to be right, and may throw an `error`.
/// @returns `malformed_data` for bytes that are truncated or corrupt, and what `read` throws
template <class Entry, class Read>
result<Entry> decode_checked(std::span<const std::uint8_t> data, Read read) {
  const auto size = entry_bytes(data);
  if (!size)
    return tl::unexpected<error>{size.error()};
  if (!*size || **size != data.size())
    return fail(ec::malformed_data,
                "an entry of " + std::to_string(data.size()) + " bytes that says it has another size");
  try {
    auto words = kj::heapArray<capnp::word>(data.size() / sizeof(capnp::word));
    std::memcpy(words.begin(), data.data(), data.size());
    capnp::ReaderOptions limits;
    // Everything is read once, and once more where something is put back.
    limits.traversalLimitInWords = 3 * words.size() + 64;
    limits.nestingLimit = 20;
    capnp::FlatArrayMessageReader entry{words, limits};
    if (entry.getEnd() != words.end())
      return fail(ec::malformed_data, "an entry followed by other bytes");
    verify(words, entry);
    return read(entry);
  } catch (const error& refusal) {
    return tl::unexpected<error>{refusal};
  } catch (const kj::Exception& broken) {
    return fail(ec::malformed_data, "entry: " + readable(broken));
  }
}

} // namespace ecco::wire
