// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "runtime/base/terminal.hpp"

namespace ecco {

/// Says on stderr how far a long piece of work is: on a terminal in one line that moves, elsewhere now and then
/// in a line of its own.
class progress {
 public:
  /// @param what is counted, in the plural: "pictures"
  progress(std::string who, std::string what, std::size_t all, const terminal& screen);
  /// Clears the line that moves.
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// What was done at the first call had been done before, and does not count for the rate.
  void now_at(std::size_t done);

  /// Since the beginning.
  double seconds() const;

 private:
  using clock = std::chrono::steady_clock;

  std::string who_, what_;
  std::size_t all_;
  std::optional<std::size_t> first_;
  bool moves_;
  int columns_;
  clock::time_point began_ = clock::now(), next_ = began_;
};

} // namespace ecco
