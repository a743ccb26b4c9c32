// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include <capnp/any.h>
#include <capnp/serialize.h>

#include "messages/blob.hpp"
#include "messages/sha256.hpp"

namespace ecco::test {

/// Gives an entry the check that it should have: else every mutation would end there.
inline void sign(bytes& entry) {
  try {
    auto words = kj::heapArray<capnp::word>(entry.size() / sizeof(capnp::word));
    std::copy(entry.begin(), entry.end(), words.asBytes().begin());
    capnp::FlatArrayMessageReader reader{words};
    const auto section = reader.getRoot<capnp::AnyStruct>().getDataSection();
    if (section.size() < 8)
      return;
    const auto at = entry.begin() + (section.begin() - words.asBytes().begin());
    std::fill_n(at, 8, std::uint8_t{0});
    const auto digest = sha256(entry);
    std::copy_n(digest.begin(), 8, at);
  } catch (const kj::Exception&) {
    return; // the reader finds out as well
  }
}

} // namespace ecco::test
