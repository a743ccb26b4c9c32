// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <span>

#include <capnp/any.h>
#include <capnp/serialize.h>

#include "messages/kept_frames.hpp"
#include "messages/sha256.hpp"

namespace {

/// Gives an entry the check that it should have: else every mutation would end there.
void sign(ecco::bytes& entry) {
  try {
    auto words = kj::heapArray<capnp::word>(entry.size() / sizeof(capnp::word));
    std::copy(entry.begin(), entry.end(), words.asBytes().begin());
    capnp::FlatArrayMessageReader reader{words};
    const auto section = reader.getRoot<capnp::AnyStruct>().getDataSection();
    if (section.size() < 8)
      return;
    const auto at = entry.begin() + (section.begin() - words.asBytes().begin());
    std::fill_n(at, 8, std::uint8_t{0});
    const auto digest = ecco::sha256(entry);
    std::copy_n(digest.begin(), 8, at);
  } catch (const kj::Exception&) {
    return; // the reader finds out as well
  }
}

} // namespace

/// A stream of entries: what is decoded is encoded to the same again, what is not is told why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> rest{data, size};
  while (!rest.empty()) {
    const auto length = ecco::entry_bytes(rest);
    if (!length && length.error().what.empty())
      std::abort();
    if (!length || !*length || **length > rest.size())
      break;
    ecco::bytes entry{rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(**length)};
    sign(entry);
    const auto decoded = ecco::decode_kept_entry(entry);
    if (!decoded && decoded.error().what.empty())
      std::abort();
    if (!decoded)
      break;
    const auto again = ecco::decode_kept_entry(ecco::encode_entry(*decoded));
    if (!again || ecco::encode_entry(*again) != ecco::encode_entry(*decoded))
      std::abort();
    rest = rest.subspan(**length);
  }
  return 0;
}
