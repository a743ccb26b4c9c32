// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace ecco {

/// SHA-256 (FIPS 180-4) of `data`.
std::array<std::uint8_t, 32> sha256(std::span<const std::uint8_t> data);

/// The same, as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::uint8_t> data);

} // namespace ecco
