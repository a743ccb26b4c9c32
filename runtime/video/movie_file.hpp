// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "messages/detection.hpp"
#include "messages/error.hpp"

namespace ecco {

/// PNG of a picture, without loss.
result<blob> encode_png(const image& picture);

struct movie_options {
  /// Pixels, even, 16..4096; all pictures have this size.
  std::uint16_t width = 0, height = 0;
  /// Pictures a second, 0.1..120.
  double fps = 10;
};

/// Writes pictures into an MP4 file that players open: H.264 where libavcodec has it, else MPEG-4. Quality is
/// constant.
class movie_writer {
 public:
  virtual ~movie_writer() = default;

  virtual result<void> add(const image& picture) = 0;
  /// Writes what is left. Without it the file is not whole.
  virtual result<void> finish() = 0;
};

/// Begins a file. @returns `invalid_argument` for options out of range, `io_failed`, `unsupported` without an
/// encoder
result<std::unique_ptr<movie_writer>> write_movie(const std::filesystem::path& file,
                                                  const movie_options& options);

} // namespace ecco
