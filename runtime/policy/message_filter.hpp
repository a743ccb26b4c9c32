// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/recording.hpp"

namespace ecco {

/// Which messages of a recording are meant: those that agree with all that is set.
struct message_filter {
  /// Both ends included.
  std::optional<duration> from, to;
  /// Names; one that ends in `*` stands for all that begin so. Empty: any.
  std::string kind, sender, receiver;
  /// Said by, to or about this camera.
  std::optional<camera_id> camera;
  /// The same of a group.
  std::optional<group_id> group;
};

/// Does `name` agree with `pattern`, as in `message_filter`?
bool agrees(std::string_view pattern, std::string_view name);

bool matches(const message_filter& filter, const recorded_message& record);

/// Does the message name this camera, anywhere?
bool mentions(const envelope& message, const camera_id& camera);
/// Is the message about this group?
bool mentions(const envelope& message, group_id group);

} // namespace ecco
