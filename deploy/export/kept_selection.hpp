// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/kept_frames.hpp"

namespace ecco {

/// Which of the labelled frames that a server keeps.
struct frame_choice {
  /// Those that were given to the group: of its members while they were, and from since their drift. None: of
  /// all.
  std::optional<group_id> group;
  std::optional<camera_id> camera;
  std::optional<sample_role> role;
  /// When they arrived, since 1970 UTC; `until` is excluded.
  duration since{}, until = duration::max();
};

/// What is kept, and how much of it is chosen.
struct kept_overview {
  /// Names of all classes: those of the oldest file, then what later ones add.
  std::vector<std::string> classes;
  std::vector<kept_joining> joinings;
  std::set<group_id> groups;
  std::set<camera_id> cameras;
  std::size_t segments = 0, frames = 0;
  /// What is damaged and left out.
  std::vector<error> faults;
};

/// A frame as it is handed on.
struct exported_frame {
  /// From 1, never given again: stays the same in every export.
  std::uint64_t number = 0;
  camera_id camera;
  /// The one chosen, or else the camera's when it was labelled; 0: none.
  group_id group;
  sample_role role = sample_role::train;
  /// In the source's own time line; since 1970 UTC.
  duration media_time{}, arrived{};
  location place;
  /// Revision that the camera ran.
  std::uint32_t model = 0;
  image picture;
  /// Of `kept_overview::classes`.
  std::vector<label> labels;
};

/// Looks through all that is kept below a server's state folder.
/// @returns `not_found` when the server keeps no frames, knows no such group or camera, or has no frame so
/// chosen
result<kept_overview> look_over(const std::filesystem::path& state, const frame_choice& choice);

/// Decodes the chosen frames of one segment after the other, the oldest first, and shows them. One that
/// cannot be decoded is left out and told of in `faults`, as is what came to be damaged since.
/// @returns what `show` fails with
result<void> for_each_segment(const std::filesystem::path& state, const frame_choice& choice,
                              kept_overview& overview,
                              const std::function<result<void>(const std::vector<exported_frame>&)>& show);

} // namespace ecco
