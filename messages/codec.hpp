// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "messages/blob.hpp"
#include "messages/envelope.hpp"
#include "messages/error.hpp"

namespace ecco {

/// No message may be larger than this once encoded, in bytes.
inline constexpr std::size_t max_message_bytes = 256u << 20;

/// Encodes `message` as one Cap'n Proto `Envelope` (messages/envelope.capnp): the only encoding ecco has.
/// Values are not checked here: what is out of range is refused by the peer that decodes it.
/// @pre what `message` holds is not larger than `max_message_bytes`.
bytes encode(const envelope& message);

/// Decodes what `encode` made. Every bound and range of the structs' and the schemas' documentation is checked.
/// `data` may begin at any address; at a multiple of 8, blobs are copied only once.
/// @returns `malformed_data` for bytes that are truncated, corrupt, too large or of an unknown kind,
///          `invalid_argument` for well-formed bytes that carry a value out of range.
result<envelope> decode(std::span<const std::uint8_t> data);

/// Renders `message` as JSON with a single field: {"retrainRequest": {...}}. Blobs become their size.
std::string to_json(const envelope& message);

/// Reads such JSON of at most 16 MiB; unknown fields, wrong types and missing or several messages are errors that
/// name the field. Absent fields take the schema's defaults, and every range is checked as by `decode`. 64-bit
/// numbers may be strings. Blobs cannot be given.
result<envelope> from_json(std::string_view text);

/// The name of the message's kind in the schema: `retrainRequest`.
std::string_view kind_of(const envelope& message);

} // namespace ecco
