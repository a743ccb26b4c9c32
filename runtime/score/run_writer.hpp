// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace ecco {

/// Collects the runs of a mask: zeros, ones, zeros, ... An empty run joins its neighbours into one.
class run_writer {
 public:
  void add(std::uint32_t length) {
    if (length == 0 && !runs_.empty())
      joining_ = !joining_;
    else if (std::exchange(joining_, false))
      runs_.back() += length;
    else
      runs_.push_back(length);
  }

  std::vector<std::uint32_t> take() { return std::move(runs_); }

 private:
  std::vector<std::uint32_t> runs_;
  /// The next run is of the same value as the last one.
  bool joining_ = false;
};

} // namespace ecco
