// SPDX-License-Identifier: Apache-2.0
#include "messages/codec.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include <capnp/message.h>
#include <capnp/serialize.h>

#include "messages/capnp_error.hpp"
#include "messages/wire.hpp"

namespace ecco {

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
void append_segment(bytes& out, kj::ArrayPtr<const kj::byte> segment, const std::vector<wire::gap>& gaps) {
  const std::less<> before;
  const auto* at = segment.begin();
  auto next = std::ranges::lower_bound(gaps, at, before, &wire::gap::begin);
  for (; next != gaps.end() && before(next->begin, segment.end()); ++next) {
    out.insert(out.end(), at, next->begin);
    out.insert(out.end(), next->content.begin(), next->content.end());
    at = next->begin + next->content.size();
  }
  out.insert(out.end(), at, segment.end());
}

/// `data` as words, by way of `copy` when it is not aligned to them.
kj::ArrayPtr<const capnp::word> words_of(std::span<const std::uint8_t> data, kj::Array<capnp::word>& copy) {
  const auto count = data.size() / sizeof(capnp::word);
  if (reinterpret_cast<std::uintptr_t>(data.data()) % alignof(capnp::word) == 0)
    return kj::arrayPtr(reinterpret_cast<const capnp::word*>(data.data()), count);
  copy = kj::heapArray<capnp::word>(count);
  std::memcpy(copy.begin(), data.data(), data.size());
  return copy;
}

envelope decode_words(kj::ArrayPtr<const capnp::word> words) {
  capnp::ReaderOptions limits;
  // Every word is read once; what reads more points twice at the same place.
  limits.traversalLimitInWords = words.size();
  limits.nestingLimit = 16;
  capnp::FlatArrayMessageReader message{words, limits};
  if (message.getEnd() != words.end())
    throw error{ec::malformed_data, "message followed by other bytes", {}};
  return wire::read(message.getRoot<wire::Envelope>());
}

} // namespace

bytes encode(const envelope& message) {
  capnp::MallocMessageBuilder builder;
  std::vector<wire::gap> gaps;
  wire::write(builder.initRoot<wire::Envelope>(), message, gaps);
  std::ranges::sort(gaps, std::less<>{}, &wire::gap::begin);

  bytes out;
  out.reserve(capnp::computeSerializedSizeInWords(builder) * sizeof(capnp::word));
  const auto segments = builder.getSegmentsForOutput();
  append_table(out, segments);
  for (const auto segment : segments)
    append_segment(out, segment.asBytes(), gaps);
  return out;
}

result<envelope> decode(std::span<const std::uint8_t> data) {
  if (data.size() > max_message_bytes)
    return fail(ec::malformed_data, "message of " + std::to_string(data.size()) + " bytes, at most "
                                        + std::to_string(max_message_bytes));
  if (data.empty() || data.size() % sizeof(capnp::word) != 0)
    return fail(ec::malformed_data,
                "message of " + std::to_string(data.size()) + " bytes, not a whole number of words",
                "it was probably cut short");
  try {
    kj::Array<capnp::word> copy;
    return decode_words(words_of(data, copy));
  } catch (const error& refusal) {
    return tl::unexpected<error>{refusal};
  } catch (const kj::Exception& broken) {
    return fail(ec::malformed_data, "message: " + readable(broken));
  }
}

std::string_view kind_of(const envelope& message) {
  const auto name = wire::union_field(message.index()).getProto().getName();
  return {name.begin(), name.size()};
}

} // namespace ecco
