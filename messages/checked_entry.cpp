// SPDX-License-Identifier: Apache-2.0
#include "messages/checked_entry.hpp"

#include <algorithm>
#include <array>

#include <capnp/any.h>

#include "messages/sha256.hpp"

namespace ecco {

namespace {

constexpr std::size_t word_bytes = sizeof(capnp::word);
/// More than any writer of ours makes of the largest message.
constexpr std::size_t most_segments = 512;

std::uint64_t checksum(std::span<const std::uint8_t> data) {
  const auto digest = sha256(data);
  std::uint64_t out = 0;
  for (int i = 7; i >= 0; --i)
    out = out << 8 | digest[static_cast<std::size_t>(i)];
  return out;
}

void store_u64(std::uint8_t* to, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8)
    *to++ = static_cast<std::uint8_t>(value >> shift);
}

std::uint32_t load_u32(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0] | from[1] << 8 | from[2] << 16) | std::uint32_t{from[3]} << 24;
}

} // namespace

namespace wire {

bytes finish(capnp::MallocMessageBuilder& entry, std::vector<gap> gaps) {
  const auto* check = entry.getRoot<capnp::AnyStruct>().getDataSection().begin();
  const auto segments = entry.getSegmentsForOutput();
  const auto at =
      table_bytes(segments.size()) + static_cast<std::size_t>(check - segments[0].asBytes().begin());
  auto out = flatten(entry, std::move(gaps));
  store_u64(out.data() + at, checksum(out));
  return out;
}

void verify(kj::ArrayPtr<capnp::word> words, capnp::MessageReader& entry) {
  const auto section = entry.getRoot<capnp::AnyStruct>().getDataSection();
  auto whole = words.asBytes();
  if (section.size() < word_bytes)
    throw error{ec::malformed_data, "an entry without its check", {}};
  auto* at = whole.begin() + (section.begin() - whole.begin());
  std::array<std::uint8_t, word_bytes> given{}, expected{};
  std::copy_n(at, word_bytes, given.begin());
  std::fill_n(at, word_bytes, std::uint8_t{0});
  store_u64(expected.data(), checksum({whole.begin(), whole.size()}));
  if (given != expected)
    throw error{ec::malformed_data, "its check does not match: bytes were changed", {}};
}

} // namespace wire

result<std::optional<std::size_t>> entry_bytes(std::span<const std::uint8_t> data) {
  constexpr std::size_t count_bytes = 4;
  if (data.size() < count_bytes)
    return std::optional<std::size_t>{};
  const std::uint64_t segments = std::uint64_t{load_u32(data.data())} + 1;
  if (segments > most_segments)
    return fail(ec::malformed_data, "an entry in " + std::to_string(segments) + " segments, at most "
                                        + std::to_string(most_segments));
  const auto table = wire::table_bytes(segments);
  if (data.size() < table)
    return std::optional<std::size_t>{};
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < segments; ++i)
    words += load_u32(data.data() + count_bytes * (i + 1));
  if (words > max_entry_bytes / word_bytes)
    return fail(ec::malformed_data, "an entry of " + std::to_string(words * word_bytes) + " bytes, at most "
                                        + std::to_string(max_entry_bytes));
  return std::optional<std::size_t>{table + words * word_bytes};
}

} // namespace ecco
