// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "messages/entry.hpp"
#include "messages/grouping.hpp"
#include "messages/segment.hpp"

namespace ecco {

// What a server keeps of labelled frames. The comments in kept_frames.capnp say more of each field. Times are
// since 1970 UTC.

/// Of the format in kept_frames.capnp. A reader refuses a later one.
inline constexpr std::uint32_t kept_frames_version = 1;

struct kept_header {
  std::uint32_t version = kept_frames_version;
  std::string program;
  /// 1 to 65 535.
  std::vector<std::string> classes;
  std::uint64_t first = 1;

  friend bool operator==(const kept_header&, const kept_header&) = default;
};

/// A segment as it came, and what the teacher said of its frames.
struct labelled_segment {
  /// Without what the student saw in it.
  encoded_segment video;
  /// One a frame; nothing for one that no teacher looked at.
  std::vector<std::optional<std::vector<label>>> labels;
  group_id group;
  location place;
  duration arrived{};
  std::uint64_t first = 0;

  friend bool operator==(const labelled_segment&, const labelled_segment&) = default;
};

struct kept_joining {
  camera_id camera;
  group_id group;
  duration since{}, at{};

  friend bool operator==(const kept_joining&, const kept_joining&) = default;
};

using kept_entry = std::variant<kept_header, labelled_segment, kept_joining>;

/// @pre `labels` of a segment has one element a frame
bytes encode_entry(const kept_entry& entry);

/// Decodes one whole entry. @returns `malformed_data` for bytes that are truncated, corrupt or of an unknown
/// kind, `invalid_argument` for what is out of range, `unsupported` for the header of a later version
result<kept_entry> decode_kept_entry(std::span<const std::uint8_t> data);

} // namespace ecco
