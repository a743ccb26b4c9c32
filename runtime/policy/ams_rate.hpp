// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "messages/detection.hpp"

namespace ecco {

/// AMS (ICCV'21) as its repository has it, for detection (algorithms.md 1.3).
struct ams_options {
  /// Agreement that is aimed at, the largest step of a correction, and how sharply the sign of the error decides it.
  double target = .6, step = .2, gain = 20;
  /// Frames a second.
  double least_fps = .1, most_fps = 5, start_fps = 5;
  /// Time between corrections (tau), what is added to it while hibernating, and its largest multiple.
  duration interval = std::chrono::seconds{10}, interval_step = std::chrono::seconds{2};
  std::uint32_t most_intervals = 6;
  /// Mean of the last rates below which it hibernates, above which it wakes; frames a second.
  double hibernate_below = .25, wake_above = .35;
  std::size_t last_rates = 5;
};

/// How much of what the teacher sees in one frame it sees in another: F1 of boxes of the same class that overlap by
/// half or more, matched from the largest overlap down, each once. Two empty frames agree. Labels marked `ignore`,
/// which a teacher is less sure of than .25, do not count.
double agreement(std::span<const label> a, std::span<const label> b);

/// Adaptive sampling rate: alike frames, fewer of them. And adaptive training rate: where the rate stays low,
/// corrections become rare. Pure; time is an argument.
class ams_rate {
 public:
  explicit ams_rate(ams_options options = {})
      : options_(options), fps_(options.start_fps), interval_(options.interval) {}

  /// The teacher's word on the next sampled frame, by media time. Only frames that follow each other within twice the
  /// present period are a pair: a stream that starts over, or that was not sampled for a while, begins anew.
  void add(duration media_time, std::vector<label> labels);

  /// Corrects the rate when the interval is over and there were pairs in it. @returns true when the rate has changed.
  bool update(duration now);

  double fps() const { return fps_; }
  /// How long a correction is good for.
  duration interval() const { return interval_; }
  bool hibernating() const { return interval_ > options_.interval; }

 private:
  void adapt_interval();

  ams_options options_;
  double fps_;
  duration interval_;
  std::optional<duration> corrected_;
  duration last_time_{};
  std::optional<std::vector<label>> last_;
  double agreed_ = 0;
  std::uint32_t pairs_ = 0;
  std::deque<double> rates_;
};

} // namespace ecco
