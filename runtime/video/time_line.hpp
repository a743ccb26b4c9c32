// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/video and its tests.

#include <algorithm>
#include <optional>

#include "messages/ids.hpp"

namespace ecco {

/// Places the pictures of a source on its two time lines (see `source_picture`), however odd their
/// timestamps: missing, going back, or jumping when a live camera sets its clock.
class time_line {
 public:
  struct moment {
    duration media_time{}, stream_time{};
  };

  /// @param usual_step from one picture to the next
  /// @param live the stream may set its clock ahead; in a file every gap is real
  time_line(duration usual_step, bool live) : step_(usual_step), live_(live) {}

  /// Takes a decoded picture and its timestamp, if it has one. @returns its stream time.
  duration enter(std::optional<duration> stamp) {
    const duration expected = last_ ? *last_ + step_ : duration::zero();
    duration media = expected;
    if (stamp) {
      if (!origin_)
        origin_ = *stamp;
      media = *stamp - *origin_ + correction_;
      const bool went_back = last_ ? media <= *last_ : media < duration::zero();
      const bool leapt = live_ && last_ && media > *last_ + max_gap;
      if (went_back || leapt) {
        correction_ += expected - media;
        media = expected;
      }
    }
    last_ = media;
    return round_start_ + media;
  }

  /// Times of a picture that comes out of the filters, which say `at` (stream time) but are not trusted.
  moment leave(duration at) {
    if (left_)
      at = std::max(at, *left_ + duration{1});
    left_ = at;
    // Filters may keep a picture back until the next round of the file.
    return {at - (at < round_start_ ? previous_start_ : round_start_), at};
  }

  /// The file begins again: media time starts over, stream time goes on.
  void begin_again() {
    previous_start_ = round_start_;
    round_start_ += media_time() + step_;
    correction_ = duration::zero();
    last_.reset();
  }

  /// Has a picture come since the file began (again)?
  bool has_begun() const { return last_.has_value(); }

  /// Media time of the picture that entered last.
  duration media_time() const { return last_.value_or(duration::zero()); }

 private:
  static constexpr duration max_gap = std::chrono::seconds{10};

  duration step_;
  bool live_;
  std::optional<duration> origin_, last_, left_;
  duration correction_{}, round_start_{}, previous_start_{};
};

} // namespace ecco
