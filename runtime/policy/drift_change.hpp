// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// Which way a watched number went.
enum class change : std::uint8_t { none, fall, rise };

/// Notices that one number, a value at a time, is no longer what it was. After a change it starts over with the next
/// value, as the detectors of `river` do. Values must be finite.
class change_detector {
 public:
  virtual ~change_detector() = default;

  virtual change add(double value) = 0;

  /// How close to a change the last test came: 0 calm, 1 or more a change.
  virtual double score() const = 0;

  /// Forgets everything.
  virtual void reset() = 0;
};

} // namespace ecco
