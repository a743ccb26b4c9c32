// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace ecco {

/// SHA-256 (FIPS 180-4) of `data`, as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::uint8_t> data);

} // namespace ecco
