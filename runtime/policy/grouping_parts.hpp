// SPDX-License-Identifier: Apache-2.0
// Private to runtime/policy/grouping*.cpp.
#pragma once

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string>

#include "runtime/policy/grouping.hpp"

namespace ecco::grouping_parts {

[[gnu::format(printf, 1, 2)]] inline std::string text(const char* format, ...) {
  char buffer[240];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  return buffer;
}

/// Worse by more than is tolerated, and beyond doubt (line 17 with decision 10). False when anything is NaN.
inline bool is_drop(double before, double by, double standard_error, const grouping_options& options) {
  return by > std::max(options.drop * before, options.min_drop) && by > 2 * standard_error;
}

} // namespace ecco::grouping_parts
