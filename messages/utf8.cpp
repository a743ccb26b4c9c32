// SPDX-License-Identifier: Apache-2.0
#include "messages/utf8.hpp"

#include <cstddef>

namespace ecco {

namespace {

/// Length of the well-formed character at the head of `text`, 0 when there is none (RFC 3629, section 4).
std::size_t character_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto in = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
  auto tail = [&](std::size_t i) { return in(i, 0x80, 0xBF); };

  if (in(0, 0x00, 0x7F))
    return 1;
  if (in(0, 0xC2, 0xDF))
    return tail(1) ? 2 : 0;
  if (in(0, 0xE0, 0xEF)) {
    const auto low = byte(0) == 0xE0 ? 0xA0u : 0x80u;
    const auto high = byte(0) == 0xED ? 0x9Fu : 0xBFu;
    return in(1, low, high) && tail(2) ? 3 : 0;
  }
  if (in(0, 0xF0, 0xF4)) {
    const auto low = byte(0) == 0xF0 ? 0x90u : 0x80u;
    const auto high = byte(0) == 0xF4 ? 0x8Fu : 0xBFu;
    return in(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

} // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

} // namespace ecco
