// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/request_check.hpp"

#include <cmath>
#include <cstdio>

namespace ecco {

namespace {

std::string shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// Not so for NaN either.
bool within(double value, double low, double high) {
  return value >= low && value <= high;
}

/// NaN is for "unknown".
bool can_be_accuracy(double value) {
  return std::isnan(value) || within(value, 0, 1);
}

} // namespace

result<void> check_request(const retrain_request& request) {
  const auto impossible = [&](const std::string& what, const std::string& hint) {
    return fail(ec::invalid_argument, "the request of " + request.camera.value + ": " + what, hint);
  };
  if (!within(request.place.latitude, -90, 90))
    return impossible("latitude " + shown(request.place.latitude), "degrees north are -90 to 90");
  if (!within(request.place.longitude, -180, 180))
    return impossible("longitude " + shown(request.place.longitude), "degrees east are -180 to 180");
  if (request.age < duration::zero())
    return impossible("its drift is " + shown(-seconds_of(request.age)) + " s in the future", "an age is 0 or more");
  if (request.age > most_request_age)
    return impossible("its drift is " + shown(seconds_of(request.age)) + " s old",
                      "at most " + shown(seconds_of(most_request_age)) + " s; let the camera look again");
  return {};
}

result<void> check_report(const micro_window_report& report, const micro_window_grant& granted) {
  const auto called = to_string(granted.group);
  if (report.group != granted.group || report.term != granted.term || report.window != granted.window
      || report.index != granted.index)
    return fail(ec::invalid_argument,
                called + " reports on micro-window " + std::to_string(report.window) + "/"
                  + std::to_string(report.index) + " of " + to_string(report.group) + " instead of its own, "
                  + std::to_string(granted.window) + "/" + std::to_string(granted.index));
  if (!can_be_accuracy(report.accuracy_before) || !can_be_accuracy(report.accuracy_after))
    return fail(ec::invalid_argument, called + " reports an accuracy of " + shown(report.accuracy_before)
                                        + " before and " + shown(report.accuracy_after) + " after; they are 0 to 1");
  return {};
}

} // namespace ecco
