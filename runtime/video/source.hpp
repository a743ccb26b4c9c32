// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/detection.hpp"
#include "messages/error.hpp"

namespace ecco {

/// From `at` on (stream time), pictures pass through this libavfilter chain, e.g.
/// "crop=384:288:0:0,eq=brightness=-.3". The filters' `t` is stream time too, and "fps=5" does what it says.
struct timed_filter {
  duration at{};
  std::string chain;

  friend bool operator==(const timed_filter&, const timed_filter&) = default;
};

struct source_options {
  /// Anything libavformat opens: a file, an image sequence ("dir/%06d.jpg"), an RTSP URL.
  std::string url;
  /// Begin again at the end. Stream time goes on, media time starts over.
  bool loop = true;
  /// In ascending order of `at`. The last one whose time has come is in force; none means the plain picture.
  std::vector<timed_filter> filters;
  /// Pictures are this far apart, whatever the file says of their times; 0: as it says.
  duration step{};
};

/// A picture and where it stands.
struct source_picture {
  /// Position in the file or since the stream began to flow; repeats when a file loops.
  duration media_time{};
  /// Since this source was opened; never repeats, never goes back.
  duration stream_time{};
  image picture;
};

/// Pictures in display order. Never sleeps for pace: whoever reads decides when a picture is due.
class frame_source {
 public:
  virtual ~frame_source() = default;

  /// The next picture. @returns `end_of_stream` at the end of a source that does not loop.
  virtual result<source_picture> next() = 0;
};

/// Opens `options.url` and checks every filter chain. Errors name the url (without password), the place and
/// the cure.
result<std::unique_ptr<frame_source>> open_source(const source_options& options);

} // namespace ecco
