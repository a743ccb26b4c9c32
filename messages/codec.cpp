// SPDX-License-Identifier: Apache-2.0
#include "messages/codec.hpp"

#include <utility>

#include <capnp/message.h>

#include "messages/capnp_error.hpp"
#include "messages/flat.hpp"
#include "messages/wire.hpp"

namespace ecco {

namespace {

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
  return wire::flatten(builder, std::move(gaps));
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
    return decode_words(wire::words_of(data, copy));
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
