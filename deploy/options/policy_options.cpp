// SPDX-License-Identifier: Apache-2.0
#include "deploy/options/policy_options.hpp"

namespace ecco {

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

} // namespace ecco
