// SPDX-License-Identifier: Apache-2.0
#include "deploy/options/policy_options.hpp"

#include "runtime/base/random.hpp"

namespace ecco {

namespace {

/// Twice what it takes to decide: they are scored with every candidate.
constexpr std::size_t frames_remembered = 16;

} // namespace

alarm_check_options alarm_check_of(const settings& from) {
  alarm_check_options out;
  out.drop = from.policy.drop;
  return out;
}

drift_detector_options drift_detector_of(const settings& from) {
  const auto& d = from.drift;
  drift_detector_options out;
  out.kind = d.detector;
  out.relative = {d.warm_up, d.confidence_delta, d.confidence_threshold, d.count_delta, d.count_threshold};
  out.page_hinkley = {d.page_hinkley.least_values, d.page_hinkley.delta, d.page_hinkley.threshold,
                      d.page_hinkley.forgetting};
  out.adwin = {d.adwin.delta, d.adwin.clock, d.adwin.most_buckets, d.adwin.least_side, d.adwin.grace};
  out.kswin.alpha = d.kswin.alpha;
  out.kswin.window = d.kswin.window;
  out.kswin.recent = d.kswin.recent;
  out.features = {d.features.reference, d.features.delta, d.features.threshold};
  out.agreement = {d.agreement.votes, d.agreement.within};
  return out;
}

gate_options gate_of(const settings& from) {
  const auto& d = from.deploy;
  gate_options out;
  out.margin = d.margin;
  out.standard_errors = d.standard_errors;
  out.least_frames = d.least_frames;
  out.old = d.old_conditions;
  out.most_forgotten = d.most_forgotten;
  return out;
}

std::optional<gate_options> second_looks_of(const settings& from) {
  return from.deploy.roll_back ? std::optional{gate_of(from)} : std::nullopt;
}

zoo_options zoo_of(const settings& from) {
  zoo_options out;
  out.mode = from.zoo.mode;
  out.capacity = from.zoo.capacity;
  out.top = from.zoo.top;
  out.margin = from.zoo.margin;
  out.gate.seed = seed_for(from.seed, "zoo");
  return out;
}

std::size_t held_out_before_drift_of(const settings& from) {
  return from.deploy.old_conditions == old_conditions::ignore ? 0 : frames_remembered;
}

} // namespace ecco
