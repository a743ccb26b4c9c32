// SPDX-License-Identifier: Apache-2.0
#include "messages/sha256.hpp"

#include <cstdlib>

#include <openssl/evp.h>

namespace ecco {

std::array<std::uint8_t, 32> sha256(std::span<const std::uint8_t> data) {
  std::array<std::uint8_t, 32> digest{};
  // Fails only when OpenSSL has no SHA-256 or no memory: there is no name for weights then, and no going on.
  if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    std::abort();
  return digest;
}

std::string sha256_hex(std::span<const std::uint8_t> data) {
  const auto digest = sha256(data);
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const auto byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

} // namespace ecco
