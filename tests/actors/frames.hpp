// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "messages/training.hpp"

namespace ecco::test {

inline constexpr box a_box{.25F, .25F, .5F, .5F};

inline blob text_blob(const std::string& text) {
  return blob{bytes(text.begin(), text.end())};
}

inline image small_picture() {
  return {2, 2, blob{bytes(12, 7)}};
}

/// A frame with one object, which the camera's model saw or not.
inline labelled_frame a_frame(const std::string& camera, duration at, sample_role role,
                              std::uint32_t seen_by = 1, bool found = true) {
  labelled_frame out{{camera_id{camera}, at, role, small_picture()}, {{a_box, 0, false}}, {}, seen_by};
  if (found)
    out.seen.push_back({a_box, 0, .9F});
  return out;
}

/// A frame a second from `from` on.
inline sample_batch a_batch(const std::string& camera, std::size_t count, sample_role role,
                            std::uint32_t seen_by = 1, duration from = {}) {
  sample_batch out{camera_id{camera}, {}};
  for (std::size_t i = 0; i < count; ++i)
    out.frames.push_back(a_frame(camera, from + std::chrono::seconds{i}, role, seen_by));
  return out;
}

/// The same accuracy for every camera that has frames in `order`.
inline eval_report scored(const eval_order& order, double map50) {
  eval_report out;
  for (const auto& sample : order.frames) {
    if (out.scores.empty() || out.scores.back().camera != sample.shot.camera)
      out.scores.push_back({sample.shot.camera, map50, map50, 0, 0, 0});
    ++out.scores.back().frames;
    ++out.scores.back().objects;
  }
  return out;
}

} // namespace ecco::test
