// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/blob.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// Names one immutable set of weights. Revisions count from 1 over the whole server; 0 is "no model".
struct model_ref {
  std::uint32_t revision = 0;
  /// Lower-case hexadecimal SHA-256 of the weights; empty when there are none.
  std::string sha256;

  friend bool operator==(const model_ref&, const model_ref&) = default;
};

/// model_store -> camera: run this from now on. Answered by `model_ack`.
struct model_update {
  model_ref model;
  /// Student weights in safetensors.
  blob weights;

  friend bool operator==(const model_update&, const model_update&) = default;
};

/// camera -> model_store: what the camera runs now.
struct model_ack {
  camera_id camera;
  model_ref model;

  friend bool operator==(const model_ack&, const model_ack&) = default;
};

/// How well one model does on one camera's held-out frames, against the teacher's labels.
struct camera_score {
  camera_id camera;
  /// COCO average precision at IoU 0.5 and averaged over 0.5:0.05:0.95, of the masks for a student with masks,
  /// else of the boxes; in [0, 1], NaN when there is no object among the frames.
  double map50 = 0, map = 0;
  /// Standard error of `map50`, by resampling segments; NaN when unknown.
  double standard_error = 0;
  std::uint32_t frames = 0, objects = 0;

  friend bool operator==(const camera_score&, const camera_score&) = default;
};

/// What a candidate remembers: its score on held-out frames from before the camera's drift, and that of what the camera
/// ran then.
struct memory_score {
  camera_score candidate;
  camera_score usual;

  friend bool operator==(const memory_score&, const memory_score&) = default;
};

/// A member's score under the candidate and under what it runs now, on the same held-out frames.
struct gate_evidence {
  camera_score candidate;
  camera_score deployed;
  /// Nothing when nobody measured it, or there are no such frames.
  std::optional<memory_score> before_drift{};
  /// What `deployed` is of; 0 when that is not known.
  std::uint32_t revision = 0;

  friend bool operator==(const gate_evidence&, const gate_evidence&) = default;
};

/// group_job -> model_store: weights worth deploying. Answered by `gate_verdict`.
struct model_candidate {
  group_id group;
  window_number window = 0;
  model_ref parent;
  blob weights;
  std::vector<gate_evidence> members;

  friend bool operator==(const model_candidate&, const model_candidate&) = default;
};

/// model_store -> group_job: the revision the candidate became and who got it.
struct gate_verdict {
  model_ref model;
  std::vector<camera_id> deployed, refused;

  friend bool operator==(const gate_verdict&, const gate_verdict&) = default;
};

/// Asks the model_store for weights: of `revision`, or of what `camera` should run when revision is 0.
struct model_query {
  std::uint32_t revision = 0;
  camera_id camera;
  /// The name of the model will do: the answer holds no weights.
  bool name_only = false;

  friend bool operator==(const model_query&, const model_query&) = default;
};

/// Returns every camera that runs a model of `group` to the revision it ran before its newest one. Answered by
/// `gate_verdict`.
struct rollback_order {
  group_id group;
  /// Only this camera; empty for all.
  camera_id camera{};
  /// Told with it; may be empty.
  std::string why{};

  friend bool operator==(const rollback_order&, const rollback_order&) = default;
};

} // namespace ecco
