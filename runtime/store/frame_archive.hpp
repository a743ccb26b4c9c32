// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/kept_frames.hpp"

namespace ecco {

/// Below a server's state folder.
inline constexpr const char* frames_folder = "frames";

/// Keeps labelled frames over the server's end (messages/kept_frames.capnp). For any number of threads.
class frame_archive {
 public:
  virtual ~frame_archive() = default;

  /// Numbers the frames of a segment that arrived `age` ago, and keeps them: what it says of both is
  /// replaced.
  /// @returns `io_failed` when the disk does not take it: this one is lost, and the next is tried again;
  ///          `invalid_argument` for one that is larger than all there is room for
  virtual result<void> keep(labelled_segment segment, duration age) = 0;

  /// The camera joined a group, which was given its frames of the last `since`. @returns as `keep`
  virtual result<void> joined(const camera_id& camera, group_id group, duration since) = 0;
};

struct frame_archive_options {
  /// Bytes of all files together: never exceeded. The oldest file goes first, an eighth of it.
  std::uint64_t most_bytes = 0;
  /// Names of the classes that labels count.
  std::vector<std::string> classes;
  /// Told in the files: "ecco 0.1.0".
  std::string program;
  /// The time since 1970 UTC.
  std::function<duration()> wall_clock;
};

/// Keeps them in `folder`, which is made when it is missing: files `00000001.frames` and so on, only ever
/// appended to, and begun anew by every process. An entry is handed to the operating system before `keep` returns,
/// which may take as long as the disk does; of a process that is killed everything kept before is there, but perhaps
/// half of the last. It is not synced to the disk. Files that hold more than `most_bytes` already, from a time when there was more room,
/// are removed at once.
/// @returns `io_failed`
result<std::shared_ptr<frame_archive>> open_frame_archive(const std::filesystem::path& folder,
                                                          frame_archive_options options);

} // namespace ecco
