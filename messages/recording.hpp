// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "messages/codec.hpp"
#include "messages/entry.hpp"

namespace ecco {

/// Of the format in recording.capnp. A reader refuses a later one.
inline constexpr std::uint32_t recording_version = 1;
/// Blobs of at least this many bytes stand in a recording once, however often they are sent.
inline constexpr std::size_t stored_blob_bytes = 1024;

/// What a recording begins with.
struct recording_header {
  std::uint32_t version = recording_version;
  /// What recorded it: "ecco 0.1.0".
  std::string program;
  /// Whose messages: "server", "worker gpu0", "experiment".
  std::string node;
  std::uint64_t seed = 0;
  /// The settings of the node as YAML, complete; may be empty.
  std::string config;
  /// Of `config`.
  std::string config_sha256;
  /// Made under the virtual clock: replayed, it gives the same bytes.
  bool virtual_time = false;
  /// Of the allocator, drawn when the server started.
  epoch term;
  std::uint64_t token_seed = 0;

  friend bool operator==(const recording_header&, const recording_header&) = default;
};

/// Its name in the schema: `dropped`.
std::string_view to_string(message_fate fate);

/// One message between actors. The comments in recording.capnp say more of each field.
struct recorded_message {
  std::uint64_t index = 0;
  /// Since the recording began.
  duration at{};
  /// Names of actors: `camera:north`, `worker:gpu0`, `ingest:north`, `g-0001`, `grouper`. The sender may be nobody.
  std::string sender, receiver;
  /// As `kind_of`, or `due`, `close`, `adrift`, `peer`, `done`, `exit`, `down`.
  std::string kind;
  std::optional<envelope> message;
  /// Actors that the message introduces.
  std::vector<std::string> handles;
  bool asks = false;
  /// Index of the record this one answers.
  std::optional<std::uint64_t> answers;
  bool timer = false;
  message_fate fate = message_fate::delivered;
  /// Of a message held up.
  duration delay{};
  std::string detail;
  /// Why the message cannot be shown, when it was one that nobody should have sent. Not written.
  std::string unreadable;

  friend bool operator==(const recorded_message&, const recorded_message&) = default;
};

struct recorded_blob {
  std::string sha256;
  blob content;

  friend bool operator==(const recorded_blob&, const recorded_blob&) = default;
};

struct recording_end {
  std::uint64_t records = 0;
  /// "stopped" or "full".
  std::string why;

  friend bool operator==(const recording_end&, const recording_end&) = default;
};

using recording_entry = std::variant<recording_header, recorded_message, recorded_blob, recording_end>;

/// A blob that a record refers to: what to store beside it, unless it is there already.
struct blob_view {
  std::string sha256;
  std::span<const std::uint8_t> content;
};

bytes encode_entry(const recording_header& header);
bytes encode_entry(const recording_end& end);
bytes encode_entry(const blob_view& stored);
/// Appends to `needs` what must be stored before; it points into `record`'s message.
bytes encode_entry(const recorded_message& record, std::vector<blob_view>& needs);

/// The blob of this name and size; a reader's way to what it has read before.
using blob_source = std::function<result<bytes>(const std::string& sha256, std::uint64_t size)>;

/// Decodes one whole entry. A record whose message is out of range comes back without, and says why.
/// @returns `malformed_data` for bytes that are truncated, corrupt or of an unknown kind, `unsupported` for the header
///          of a later version, and what `blobs` fails with.
result<recording_entry> decode_entry(std::span<const std::uint8_t> data, const blob_source& blobs);

/// The record as one line of JSON without its end: "time" in seconds; the message as `to_json` shows it.
std::string to_json(const recorded_message& record);

} // namespace ecco
