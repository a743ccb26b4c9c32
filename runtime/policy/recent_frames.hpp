// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "messages/training.hpp"

namespace ecco {

/// One camera's newest labelled frames, to train on and to score on, with when each arrived (by the server's own clock,
/// from any origin). Pure.
class recent_frames {
 public:
  /// Frames kept of each role; the oldest go first.
  recent_frames(std::size_t train, std::size_t held_out) : train_limit_(train), held_out_limit_(held_out) {}

  void add(labelled_frame sample, duration arrived);

  /// What arrived at or after then, of both roles: those to train on first.
  std::vector<labelled_frame> newer_than(duration when) const;

  /// Frames that arrived before then, marked so: at most so many of each role, thinned evenly over their age
  /// (decision 28).
  std::vector<labelled_frame> before_drift(duration when, std::size_t train, std::size_t held_out) const;

  /// Held-out frames no more than `span` older than the newest one.
  std::vector<labelled_frame> newest_held_out(duration span) const;

 private:
  struct kept {
    labelled_frame sample;
    duration arrived{};
  };
  using ring = std::deque<kept>;

  std::size_t train_limit_, held_out_limit_;
  ring train_, held_out_;
};

} // namespace ecco
