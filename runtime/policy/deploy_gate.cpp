// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/deploy_gate.hpp"

#include <cmath>
#include <cstdio>

namespace ecco {

namespace {

/// Two scores written with two digits may differ by the margin and by rounding: not held against them.
constexpr double rounding = 1e-9;

std::string comparison(const gate_evidence& e) {
  char text[80];
  std::snprintf(text, sizeof text, "%.2f -> %.2f on %u held-out frames", e.deployed.map50, e.candidate.map50,
                e.candidate.frames);
  return text;
}

} // namespace

gate_decision decide(const gate_evidence& evidence, const gate_options& options) {
  const auto& candidate = evidence.candidate;
  char text[80];
  if (candidate.frames < options.least_frames) {
    std::snprintf(text, sizeof text, "only %u held-out frames, %u are needed", candidate.frames,
                  options.least_frames);
    return {false, text};
  }
  if (!std::isfinite(candidate.map50) || !std::isfinite(evidence.deployed.map50)) {
    std::snprintf(text, sizeof text, "no object on its %u held-out frames", candidate.frames);
    return {false, text};
  }
  if (candidate.map50 - evidence.deployed.map50 < options.margin - rounding) {
    std::snprintf(text, sizeof text, ": not better by %.2f", options.margin);
    return {false, comparison(evidence) + text};
  }
  return {true, comparison(evidence)};
}

} // namespace ecco
