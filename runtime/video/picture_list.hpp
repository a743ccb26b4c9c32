// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/video/source.hpp"

namespace ecco {

/// A still picture that a camera sees at a time of its own.
struct timed_picture {
  std::filesystem::path file;
  /// Since the first one, whose media time is 0.
  duration at{};
};

struct picture_list {
  /// Of the list, for errors.
  std::string name;
  /// In ascending order of their times, from 0.
  std::vector<timed_picture> pictures;
  /// From one to the next, and after the last until the list begins again; more than 0.
  duration step{};
};

/// Pictures one after the other, as if they were a video with gaps: each is read when it is due, and passes the
/// filters. Pictures of other sizes than the one before are taken as they are.
/// @returns `invalid_argument` for a list without pictures or out of order, for a bad filter, and whatever reading
///          the first picture does. Later errors come from `next`.
result<std::unique_ptr<frame_source>> open_picture_list(picture_list list, bool loop,
                                                        std::vector<timed_filter> filters);

} // namespace ecco
