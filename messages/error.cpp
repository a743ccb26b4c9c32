// SPDX-License-Identifier: Apache-2.0
#include "messages/error.hpp"

namespace ecco {

std::string_view to_string(ec code) {
  switch (code) {
    case ec::invalid_argument: return "invalid_argument";
    case ec::malformed_data: return "malformed_data";
    case ec::not_found: return "not_found";
    case ec::io_failed: return "io_failed";
    case ec::unreachable: return "unreachable";
    case ec::timed_out: return "timed_out";
    case ec::stale: return "stale";
    case ec::unavailable: return "unavailable";
    case ec::shape_mismatch: return "shape_mismatch";
    case ec::not_finite: return "not_finite";
    case ec::end_of_stream: return "end_of_stream";
    case ec::unsupported: return "unsupported";
    case ec::internal: return "internal";
  }
  return "unknown";
}

std::string render(const error& failure) {
  auto text = failure.what + " (" + std::string{to_string(failure.code)} + ")";
  if (!failure.hint.empty())
    text += "; " + failure.hint;
  return text;
}

} // namespace ecco
