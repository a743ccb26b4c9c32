// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <span>

#include "messages/kept_frames.hpp"
#include "tests/messages/signed_entry.hpp"

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
    ecco::test::sign(entry);
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
