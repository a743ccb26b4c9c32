// SPDX-License-Identifier: Apache-2.0
#include "messages/flat.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace ecco::wire {

namespace {

using segments = kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>;

void append_u32(bytes& out, std::size_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// The segment table of Cap'n Proto's stream framing: the number of segments less one, their sizes in words,
/// zeros up to a whole word.
void append_table(bytes& out, segments from) {
  append_u32(out, from.size() - 1);
  for (const auto segment : from)
    append_u32(out, segment.size());
  if (from.size() % 2 == 0)
    append_u32(out, 0);
}

/// Copies a segment, taking the bytes of `gaps` from where they are instead. `gaps` is in ascending order.
void append_segment(bytes& out, kj::ArrayPtr<const kj::byte> segment, const std::vector<gap>& gaps) {
  const std::less<> before;
  const auto* at = segment.begin();
  auto next = std::ranges::lower_bound(gaps, at, before, &gap::begin);
  for (; next != gaps.end() && before(next->begin, segment.end()); ++next) {
    out.insert(out.end(), at, next->begin);
    out.insert(out.end(), next->content.begin(), next->content.end());
    at = next->begin + next->content.size();
  }
  out.insert(out.end(), at, segment.end());
}

} // namespace

bytes flatten(capnp::MessageBuilder& message, std::vector<gap> gaps) {
  std::ranges::sort(gaps, std::less<>{}, &gap::begin);
  bytes out;
  out.reserve(capnp::computeSerializedSizeInWords(message) * sizeof(capnp::word));
  const auto from = message.getSegmentsForOutput();
  append_table(out, from);
  for (const auto segment : from)
    append_segment(out, segment.asBytes(), gaps);
  return out;
}

kj::ArrayPtr<const capnp::word> words_of(std::span<const std::uint8_t> data, kj::Array<capnp::word>& copy) {
  const auto count = data.size() / sizeof(capnp::word);
  if (reinterpret_cast<std::uintptr_t>(data.data()) % alignof(capnp::word) == 0)
    return kj::arrayPtr(reinterpret_cast<const capnp::word*>(data.data()), count);
  copy = kj::heapArray<capnp::word>(count);
  std::memcpy(copy.begin(), data.data(), data.size());
  return copy;
}

} // namespace ecco::wire
