// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "runtime/score/rle.hpp"

/// The first two bytes are the size, the rest is the string. A mask that is read must be whole and survive a
/// second trip; a string that is refused must be told why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 2, size - 2};
  const auto mask = ecco::rle_from_string(text, data[0], data[1]);
  if (!mask) {
    if (mask.error().what.empty())
      std::abort();
    return 0;
  }
  const auto pixels = ecco::decode_mask(*mask);
  if (pixels.size() != std::size_t{data[0]} * data[1] || ecco::encode_mask(pixels, data[0], data[1]) != *mask
      || ecco::rle_from_string(ecco::to_string(*mask), data[0], data[1]) != *mask)
    std::abort();
  const auto around = ecco::bounding_box(*mask);
  if (static_cast<double>(area(*mask)) > area(around))
    std::abort();
  return 0;
}
