// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/video.

#include <optional>
#include <string>

#include "messages/ids.hpp"
#include "runtime/video/av.hpp"

namespace ecco {

/// A picture as libav has it. @returns `unavailable` without memory
result<av::frame> to_frame(const image& picture);

/// Largest width and height of a picture, decoded or filtered, in pixels.
inline constexpr int max_picture_side = 8192;

/// A libavfilter graph from decoded pictures to packed RGB: buffer -> chain -> rgb24 -> buffersink.
class picture_filter {
 public:
  struct output {
    /// The filters' own word on the time, e.g. that of a lower frame rate; 0 on the axis of `push`.
    duration at{};
    image picture;
  };

  /// Builds the graph for pictures of the size and format of `like`; an empty chain passes them as they are.
  /// @returns `invalid_argument` naming the chain and libav's reason.
  static result<picture_filter> make(const std::string& chain, const AVFrame& like);

  /// Can `picture` enter this graph?
  bool takes(const AVFrame& picture) const;

  /// Puts a picture in, which becomes empty. `at` is the filters' `t`.
  result<void> push(AVFrame& picture, duration at);

  /// Takes the next picture out, if there is one yet.
  result<std::optional<output>> pull();

 private:
  picture_filter() = default;

  result<void> check_size(int width, int height) const;
  error failure(const av::listener& libav, int status) const;

  std::string chain_;
  av::filter_graph graph_;
  AVFilterContext* entry_ = nullptr;
  AVFilterContext* exit_ = nullptr;
  duration pushed_at_{};
  int width_ = 0, height_ = 0, format_ = 0;
};

} // namespace ecco
