// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/detection.hpp"
#include "messages/model.hpp"

namespace ecco {

/// Where a camera is, WGS 84 degrees: -90 to 90 north, -180 to 180 east.
struct location {
  double latitude = 0, longitude = 0;

  friend bool operator==(const location&, const location&) = default;
};

enum class request_reason : std::uint8_t {
  /// The camera's own drift test fired.
  drift = 0,
  /// The grouper took the camera out of a group it no longer fits.
  regroup = 1,
  /// A person or a script asked (`ecco inject`).
  injected = 2,
};

/// camera -> grouper: my student got worse. Repeating a request with the same id changes nothing.
struct retrain_request {
  request_id id;
  camera_id camera;
  location place;
  /// How long ago the drift was noticed; spans need no common clock.
  duration age{};
  request_reason reason = request_reason::drift;
  /// What the camera runs now; the grouper scores it on the same frames as the candidate groups.
  model_ref model;

  friend bool operator==(const retrain_request&, const retrain_request&) = default;
};

/// grouper -> camera: where the request went, and why there.
struct request_answer {
  request_id id;
  /// Group 0, which is none, when the teacher's labels show no drift: the camera keeps its model.
  group_id group;
  /// False when the group was opened for this request.
  bool joined = false;
  std::string why;

  friend bool operator==(const request_answer&, const request_answer&) = default;
};

/// grouper -> ingest: hand over labelled frames newer than `since` (age), at least `at_least` of them
/// when that many arrive within the ingest's patience. Answered by `sample_batch`.
struct subsample_order {
  duration since{};
  std::uint32_t at_least = 0;

  friend bool operator==(const subsample_order&, const subsample_order&) = default;
};

/// grouper -> group_job and its ingest: the camera learns here from now on.
struct join_order {
  group_id group;
  camera_id camera;
  /// Frames older than this age show the world before the drift.
  duration since{};
  /// How the group's model and the camera's own do on the frames that decided; nothing when none were compared.
  std::optional<gate_evidence> evidence = std::nullopt;
  /// The camera is a member already, and drifted with its whole group: frames of it from before `since` are dropped.
  bool renew = false;

  friend bool operator==(const join_order&, const join_order&) = default;
};

/// grouper -> group_job and its ingest: the camera is no longer a member.
struct leave_order {
  group_id group;
  camera_id camera;

  friend bool operator==(const leave_order&, const leave_order&) = default;
};

enum class regroup_kind : std::uint8_t { opened = 0, joined = 1, left = 2, ended = 3 };

/// grouper -> camera, telemetry: membership changed.
struct regroup_event {
  regroup_kind kind = regroup_kind::opened;
  /// Who opened, joined or left; may be empty when the group ended.
  camera_id camera;
  group_id group;
  window_number window = 0;
  std::string why;

  friend bool operator==(const regroup_event&, const regroup_event&) = default;
};

/// group_job -> allocator: a job has samples and may be granted time.
struct job_started {
  group_id group;
  std::uint32_t members = 0;

  friend bool operator==(const job_started&, const job_started&) = default;
};

/// grouper -> allocator: the job is over; nothing is granted to it any more.
struct job_ended {
  group_id group;

  friend bool operator==(const job_ended&, const job_ended&) = default;
};

/// One job's standing when a window closed.
struct job_standing {
  group_id group;
  std::uint32_t grants = 0;
  /// Mean of its members' `map50`; NaN when no member has a score.
  double accuracy = 0;
  /// Significant gain over the window, -1 to 1; NaN when the job got no grant.
  double gain = 0;

  friend bool operator==(const job_standing&, const job_standing&) = default;
};

/// allocator -> grouper: window `window` is over. The next opens when the grouper has answered.
struct window_closed {
  window_number window = 0;
  std::vector<job_standing> jobs;

  friend bool operator==(const window_closed&, const window_closed&) = default;
};

} // namespace ecco
