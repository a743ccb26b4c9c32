// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "config/drift_kind.hpp"
#include "runtime/policy/drift.hpp"
#include "runtime/policy/drift_adwin.hpp"
#include "runtime/policy/drift_features.hpp"
#include "runtime/policy/drift_kswin.hpp"
#include "runtime/policy/drift_page_hinkley.hpp"

namespace ecco {

/// What a camera watches its student with, a frame at a time.
class drift_detector {
 public:
  virtual ~drift_detector() = default;

  /// @returns true once when the alarm goes off; then it is silent until `reset`. Values that are not finite are
  ///          passed over.
  virtual bool add(const drift_observation& seen) = 0;

  /// How close to an alarm: 0 calm, 1 alarm.
  virtual double score() const = 0;

  /// What raised the alarm: "confidence", "count", "features", or several with " and " between; empty before.
  virtual std::string cause() const = 0;

  /// Begins a new baseline: after a new model.
  virtual void reset() = 0;
};

struct agreement_options {
  /// Of confidence, count and features, how many must alarm,
  std::uint32_t votes = 2;
  /// and within how many frames of each other.
  std::uint32_t within = 50;
};

struct drift_detector_options {
  drift_kind kind = drift_kind::relative;
  drift_options relative;
  page_hinkley_options page_hinkley;
  adwin_options adwin;
  kswin_options kswin;
  feature_options features;
  agreement_options agreement;
};

/// `relative`: the test of drift.hpp. `page_hinkley`, `adwin`, `kswin`: one on the confidence of frames with a
/// detection and one on the count; a fall of either alarms, a rise begins that one's baseline anew, for a student that
/// sees more has not drifted. `features`: feature_test. `agreement`: the two sums of the relative test and feature_test
/// vote, and a vote counts for a while; of a student without features only two vote.
std::unique_ptr<drift_detector> make_drift_detector(const drift_detector_options& options);

/// Has it use for `drift_observation::features`?
bool looks_at_features(drift_kind kind);

} // namespace ecco
