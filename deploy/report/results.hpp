// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deploy/report/run_record.hpp"

namespace ecco {

/// A camera of the run. Without `drift_at` the first `drift.injected` of the camera counts; a camera without
/// either did not drift.
struct camera_facts {
  camera_id name;
  std::optional<duration> drift_at;
};

/// What is known of a run beside its events.
struct run_facts {
  std::uint64_t seed = 0;
  /// "ecco", "independent".
  std::string policy;
  std::vector<camera_facts> cameras;
};

/// Spans over which readings are averaged.
struct result_options {
  /// Before the drift, for `map_before`; at the end of the run, for `map_recovered`.
  duration before = std::chrono::seconds{30}, end = std::chrono::seconds{30};
};

/// A reading of `accuracy.deployed`: mAP@0.5 of what the camera runs against the teacher's labels, on frames
/// of that camera that are never trained on. Points in time are seconds since the start of the run, here and
/// below.
struct accuracy_reading {
  double at = 0;
  double map50 = 0;
};

/// Every mAP is the plain mean of the readings named; NaN when there are none. Readings that are NaN (no
/// object among the frames) do not count.
/// The same spans, measured against the exact truth: for comparison only, nothing that happened depends on it. All NaN
/// where nobody knows it.
struct truth_result {
  double map_before = 0, map_drifted = 0, map_recovered = 0;
  /// The teacher's labels, before the drift and from then on; for a camera that did not drift the whole run is before.
  double teacher_before = 0, teacher_drifted = 0;
  std::vector<accuracy_reading> accuracy, teacher;

  bool is_known() const { return !accuracy.empty(); }
};

struct camera_result {
  std::string name;
  /// NaN when the camera did not drift.
  double drift_at = 0;
  /// When it first received a model after its drift; NaN when it never did.
  double deployed_at = 0;
  /// Over the last 30 s before its drift, none from before the end of the bootstrap. For a camera that did
  /// not drift: before the first drift of any.
  double map_before = 0;
  /// From its drift until a model was deployed to it. NaN when it did not drift.
  double map_drifted = 0;
  /// Over the last 30 s of the run.
  double map_recovered = 0;
  /// (recovered - drifted) / (before - drifted): 0 is nothing, 1 all of what drift took; NaN when drift took
  /// less than 0.01 mAP.
  double regained = 0;
  /// From its drift to the first of two successive readings, after a deployment, that both regained at least
  /// half of what drift took.
  std::optional<double> seconds_to_recover;
  /// From its drift to its last reading: a camera that has not recovered needs more than that. NaN without
  /// drift.
  double observed_for = 0;
  /// Video that left the camera.
  std::uint64_t bytes_sent = 0;
  std::vector<accuracy_reading> accuracy;
  truth_result truth;
  /// When models were deployed to it.
  std::vector<double> deployments;
};

/// A camera's stay in a group.
struct membership {
  std::string camera;
  double from = 0;
  /// Nothing when it was still a member at the end.
  std::optional<double> to;
  /// Why it came and, once gone, why it left.
  std::string why_joined, why_left;
};

/// A micro-window that was used: its GPU time, ending when its report came.
struct gpu_slice {
  double from = 0, to = 0;
  std::string worker;
  window_number window = 0;
};

struct group_result {
  group_id group;
  std::vector<membership> members;
  std::vector<gpu_slice> slices;
  /// Sum of its slices.
  double gpu_seconds = 0;
};

/// Busy time of all devices, by what they did, in seconds.
struct gpu_time {
  double train = 0, evaluate = 0, label = 0;
  /// Within micro-windows: taking samples in, moving state, handing over.
  double other = 0;
  /// Part of the micro-windows' time that was training steps and evaluation, in [0, 1]; NaN without any.
  double useful = 0;

  double total() const { return train + evaluate + label + other; }
  /// Counts a `gpu.busy` event by its text.
  void count(const event& busy);
};

/// Something a person may ask "why?" about.
struct decision {
  double at = 0;
  std::string id, camera, group, text;
  /// NaN when the event carries no number.
  double value = 0;
};

struct run_results {
  std::uint64_t seed = 0;
  std::string policy;
  /// Time of the last event.
  double seconds = 0;
  /// When the students had learned the clean scene; 0 without a bootstrap.
  double bootstrapped_at = 0;
  std::vector<camera_result> cameras;
  std::vector<group_result> groups;
  gpu_time gpu;
  std::uint64_t bytes_sent = 0;
  std::vector<decision> decisions;
  /// Not zero: the run was too long for the record, and what is above lacks its beginning.
  std::uint64_t events_forgotten = 0;
};

/// Makes the results of a run from what was recorded; pure. Cameras keep the order of `facts`.
run_results summarize(const recorded_run& run, const run_facts& facts, const result_options& options = {});

} // namespace ecco
