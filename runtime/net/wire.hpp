// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/net and its tests: what travels on a media connection.
//
//   client -> server   hello    "ECCOMED1", the token (64 bits, little endian)
//   client -> server   frame    length (32 bits, little endian), then a Cap'n Proto Envelope of that many
//                               bytes with an encoded_segment; again and again
//
// The server says nothing. It closes the connection of a peer that breaks a rule.

#include <cstdint>
#include <span>
#include <string_view>

#include "messages/blob.hpp"

namespace ecco::wire {

inline constexpr std::string_view magic = "ECCOMED1";
inline constexpr std::size_t hello_bytes = 16, length_bytes = 4;

/// Appends `value` with `size` bytes, the lowest first.
inline void append_number(bytes& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

/// The number that all bytes of `data` make, the lowest first. @pre data.size() <= 8
inline std::uint64_t number_in(std::span<const std::uint8_t> data) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < data.size(); ++i)
    value |= std::uint64_t{data[i]} << 8 * i;
  return value;
}

inline bytes make_hello(std::uint64_t token) {
  bytes hello(magic.begin(), magic.end());
  append_number(hello, token, 8);
  return hello;
}

inline bytes make_frame(std::span<const std::uint8_t> envelope) {
  bytes frame;
  frame.reserve(length_bytes + envelope.size());
  append_number(frame, envelope.size(), length_bytes);
  frame.insert(frame.end(), envelope.begin(), envelope.end());
  return frame;
}

} // namespace ecco::wire
