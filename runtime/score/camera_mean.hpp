// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ecco {

/// The plain mean over cameras of what was measured on each: members count equally (decision 24 of algorithms.md), however
/// many frames they have.
class camera_mean {
 public:
  /// What is NaN does not count; a standard error that is not known counts as none.
  void add(double value, double standard_error = 0);

  /// Both are NaN without a camera. The error is that of the mean, as of independent cameras.
  double value() const;
  double standard_error() const;

 private:
  double sum_ = 0, squared_errors_ = 0, cameras_ = 0;
};

} // namespace ecco
