// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/camera_mean.hpp"

#include <cmath>

namespace ecco {

void camera_mean::add(double value, double standard_error) {
  if (std::isnan(value))
    return;
  sum_ += value;
  squared_errors_ += std::isfinite(standard_error) ? standard_error * standard_error : 0;
  ++cameras_;
}

double camera_mean::value() const {
  return sum_ / cameras_; // 0 / 0 is NaN
}

double camera_mean::standard_error() const {
  return std::sqrt(squared_errors_) / cameras_;
}

} // namespace ecco
