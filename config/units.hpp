// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// Bits a second.
using bit_rate = strong<std::uint32_t, struct bit_rate_kind>;
/// Bytes of a file or a folder.
using byte_count = strong<std::uint64_t, struct byte_count_kind>;
/// Metres.
using metres = strong<double, struct metres_kind>;

/// Pixels.
struct picture_size {
  std::uint16_t width = 0, height = 0;

  friend bool operator==(const picture_size&, const picture_size&) = default;
};

// Readers of values with a unit. Errors are `invalid_argument`, and their text continues the name of the
// setting: "is 60 without a unit", hint "write 60s".

/// Reads `250ms`, `10s`, `1.5m`, `1h`; also `us` and `ns`.
result<duration> parse_duration(std::string_view text);
/// Reads `800bit`, `500kbit`, `3Mbit`, `1Gbit` (a second, powers of 1000).
result<bit_rate> parse_bit_rate(std::string_view text);
/// Reads `500B`, `64kB`, `256MB`, `1.5GB`, `2TB` (powers of 1000).
result<byte_count> parse_byte_count(std::string_view text);
/// Reads `200m`, `1.5km`.
result<metres> parse_length(std::string_view text);
/// Reads `256x192`.
result<picture_size> parse_picture_size(std::string_view text);

// Writers: what the readers turn into the same value again, in the largest unit that is exact.

std::string to_text(duration value);
std::string to_text(bit_rate value);
std::string to_text(byte_count value);
std::string to_text(metres value);
std::string to_text(picture_size value);
/// The shortest decimal that reads back as the same number.
std::string to_text(double value);
template <std::unsigned_integral T>
std::string to_text(T value) {
  return std::to_string(value);
}

/// Reads a finite decimal number, `1`, `-0.5` or `1e-3`, all of `text`.
result<double> parse_number(std::string_view text);

} // namespace ecco
