// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/deploy_gate.hpp"

#include <cmath>
#include <cstdio>

namespace ecco {

namespace {

/// Two scores written with two digits may differ by the margin and by rounding: not held against them.
constexpr double rounding = 1e-9;

std::string comparison(const camera_score& from, const camera_score& to, const char* frames) {
  char text[96];
  std::snprintf(text, sizeof text, "%.2f -> %.2f on %u %s", from.map50, to.map50, to.frames, frames);
  return text;
}

/// Standard error of the difference of two scores, as if they were independent.
double noise(const camera_score& a, const camera_score& b) {
  const auto known = [](double error) { return std::isfinite(error) ? error : 0; };
  return std::hypot(known(a.standard_error), known(b.standard_error));
}

std::string what_it_forgot(const gate_evidence& evidence, const gate_options& options) {
  if (options.old == old_conditions::ignore || !evidence.before_drift)
    return {};
  const auto& [now, usual] = *evidence.before_drift;
  const auto lost = usual.map50 - now.map50; // NaN without an object: nothing is known
  if (now.frames < options.least_frames || !(lost > options.most_forgotten + rounding)
      || lost <= options.standard_errors * noise(now, usual))
    return {};
  return comparison(usual, now, "frames from before the drift");
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
  const auto measured = comparison(evidence.deployed, candidate, "held-out frames");
  const auto gain = candidate.map50 - evidence.deployed.map50;
  if (gain < options.margin - rounding) {
    std::snprintf(text, sizeof text, ": not better by %.2f", options.margin);
    return {false, measured + text};
  }
  if (const auto needed = options.standard_errors * noise(candidate, evidence.deployed); gain < needed - rounding) {
    std::snprintf(text, sizeof text, ": not beyond noise (%.2f)", needed);
    return {false, measured + text};
  }
  const auto forgot = what_it_forgot(evidence, options);
  if (!forgot.empty() && options.old == old_conditions::refuse)
    return {false, measured + ", but it forgot: " + forgot, forgot};
  return {true, measured, forgot};
}

std::optional<std::string> regret(const camera_score& present, const camera_score& replaced,
                                  std::uint32_t replaced_revision, const gate_options& options) {
  if (present.frames < options.least_frames || replaced.frames != present.frames)
    return std::nullopt;
  const auto lost = replaced.map50 - present.map50; // NaN without an object
  if (!(lost > options.margin + rounding) || lost <= options.regret_errors * noise(present, replaced))
    return std::nullopt;
  char text[96];
  std::snprintf(text, sizeof text, "%.2f, but r%u had %.2f on %u held-out frames", present.map50, replaced_revision,
                replaced.map50, present.frames);
  return text;
}

} // namespace ecco
