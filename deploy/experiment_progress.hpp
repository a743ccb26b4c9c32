// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "messages/ids.hpp"
#include "runtime/base/terminal.hpp"

namespace ecco {

/// Says on stderr how far a system's experiment is: virtual time, and how much faster than real time it passes. On a
/// terminal in one line that moves, elsewhere every ten seconds in a line of its own.
class experiment_progress {
 public:
  experiment_progress(std::string system, duration length, const terminal& screen);
  /// Clears the line that moves.
  ~experiment_progress();
  experiment_progress(const experiment_progress&) = delete;
  experiment_progress& operator=(const experiment_progress&) = delete;

  void now_at(duration virtual_time);

  /// The last word: "ecco: 60:00 min of virtual time in 4.2 s, 857 times faster than real time".
  std::string summary(duration virtual_time) const;

 private:
  using clock = std::chrono::steady_clock;

  double real_seconds() const;

  std::string system_;
  duration length_;
  bool moves_;
  std::size_t columns_;
  clock::time_point began_ = clock::now(), next_ = began_;
};

} // namespace ecco
