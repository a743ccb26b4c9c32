// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "messages/ids.hpp"

namespace ecco {

/// What one device gets done in a second, measured from what devices report: pixels trained on, frames labelled. Recent
/// work counts most: half as much with every 30 s of device time at the same. Devices are taken for alike. Pure.
class device_rates {
 public:
  /// Work of a micro-window, by all its devices together.
  void trained(std::uint64_t pixels, duration spent) { training_.add(static_cast<double>(pixels), spent); }
  void labelled(std::size_t frames, duration spent) { labelling_.add(static_cast<double>(frames), spent); }

  /// 0 before anything is known.
  double pixels_per_second() const { return training_.rate(); }
  double labels_per_second() const { return labelling_.rate(); }

 private:
  struct account {
    double sum = 0, weight = 0;

    void add(double amount, duration spent);
    double rate() const { return weight > 0 ? sum / weight : 0; }
  };

  account training_, labelling_;
};

} // namespace ecco
