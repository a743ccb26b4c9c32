// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "messages/detection.hpp"
#include "messages/model.hpp"

namespace ecco {

/// ingest -> group_job: fresh labelled frames of one member, of any role.
struct sample_batch {
  camera_id camera;
  std::vector<labelled_frame> frames;
  /// In an answer to `subsample_order`: what the deployed model usually has in mAP@0.5 on the camera's probes; 0
  /// when that is not known.
  double usual = 0;

  friend bool operator==(const sample_batch&, const sample_batch&) = default;
};

/// ingest -> gpu_worker: let the teacher label these frames. Answered by `labels`.
struct label_order {
  std::vector<frame> frames;

  friend bool operator==(const label_order&, const label_order&) = default;
};

/// gpu_worker -> ingest: one list of labels a frame, in the order of the `label_order`.
struct labels {
  std::vector<std::vector<label>> frames;
  duration busy{};

  friend bool operator==(const labels&, const labels&) = default;
};

/// allocator -> group_job: the device is yours for one slice. Answered by `micro_window_report`.
struct micro_window_grant {
  epoch term;
  window_number window = 0;
  /// Counts grants within the window from 0.
  std::uint32_t index = 0;
  group_id group;
  /// The worker that is held free for it; empty when any will do, here and in what follows from the grant.
  worker_id worker;
  /// GPU time of the slice on each worker, evaluation included.
  duration slice{};
  /// Workers held free as well, to train along with `worker`; empty when it trains alone.
  std::vector<worker_id> others;
  /// Of the `rendezvous` they meet at.
  std::uint64_t token = 0;

  friend bool operator==(const micro_window_grant&, const micro_window_grant&) = default;
};

/// Where the time of a micro-window went.
struct time_spent {
  duration training{}, evaluation{};
  /// Decoding orders, moving state in and out, waiting.
  duration other{};

  friend bool operator==(const time_spent&, const time_spent&) = default;
};

/// group_job -> allocator: what the slice achieved.
struct micro_window_report {
  epoch term;
  window_number window = 0;
  std::uint32_t index = 0;
  group_id group;
  worker_id worker;
  /// Mean of `map50` over the members that have a score, before and after training; NaN when unknown.
  double accuracy_before = 0, accuracy_after = 0;
  /// Standard error of their difference.
  /// NaN when unknown.
  double standard_error = 0;
  std::vector<camera_score> members;
  std::uint32_t images = 0;
  /// Mean training loss, finite; 0 when nothing was trained on.
  double loss = 0;
  /// By all its devices together.
  time_spent spent;
  /// Pixels of the images, as the network sees them.
  std::uint64_t pixels = 0;

  friend bool operator==(const micro_window_report&, const micro_window_report&) = default;
};

/// Where devices meet that train one job together, data-parallel. Those of one token are one process group, which
/// they keep from one order to the next; a new token means that they are no longer the same.
struct rendezvous {
  /// Drawn by the allocator, hard to guess.
  std::uint64_t token = 0;
  /// Rank 0 brings the state, tells how long to go on, scores, and reports; the others train.
  std::uint16_t rank = 0;
  /// Number of devices, 1 to `most_ranks`. With 1 the device trains alone.
  std::uint16_t size = 1;

  static constexpr std::uint16_t most_ranks = 256;

  friend bool operator==(const rendezvous&, const rendezvous&) = default;
};

/// group_job -> gpu_worker: train for one slice. The worker keeps each job's state between orders;
/// `base` says which state this order builds on. A worker that does not hold it answers `stale`,
/// and the job sends the order again with its checkpoint and all its samples.
struct train_order {
  group_id group;
  worker_id worker;
  /// Number of micro-windows this job's state has behind it.
  std::uint32_t base = 0;
  /// True when `checkpoint` and `samples` are complete, so that nothing kept before counts.
  bool from_scratch = false;
  /// Weights, EMA, optimiser moments and counters; empty unless `from_scratch`.
  blob checkpoint;
  /// Labelled frames the worker does not have yet, of both roles.
  std::vector<labelled_frame> samples;
  /// Cameras whose samples count; those of others are dropped from the worker's replay.
  std::vector<camera_id> members;
  duration slice{};
  std::uint64_t seed = 0;
  /// With whom to train. What every rank is sent must be equal but for `rank`, `worker`, and what it has already.
  rendezvous together;

  friend bool operator==(const train_order&, const train_order&) = default;
};

/// gpu_worker -> group_job: the state after the slice.
struct train_report {
  group_id group;
  /// `base` of the order plus one.
  std::uint32_t state = 0;
  blob checkpoint;
  /// The averaged (EMA) student, ready to deploy, in safetensors. Ranks other than 0 send neither: it would be the
  /// same.
  blob weights;
  std::vector<camera_score> before, after;
  std::uint32_t images = 0;
  double loss = 0;
  time_spent spent;
  /// Pixels of the images, as the network sees them, padding included.
  std::uint64_t pixels = 0;

  friend bool operator==(const train_report&, const train_report&) = default;
};

/// Scores weights on labelled frames. Sent to a group_job without weights: its own are meant; without frames: its
/// members' held-out ones.
struct eval_order {
  blob weights;
  std::vector<labelled_frame> frames;
  /// Tell the frames' pooled features, too.
  bool features = false;

  friend bool operator==(const eval_order&, const eval_order&) = default;
};

/// The answer to `eval_order`: one score a camera that has frames in it.
struct eval_report {
  std::vector<camera_score> scores;
  duration busy{};
  /// When they were asked for: what the student's backbone makes of each frame, in the order of the frames
  /// (student::features).
  std::vector<std::vector<float>> features{};
  /// In the answer to `window_closed`: the model that each member runs, on the same frames, where that was scored.
  std::vector<camera_score> others{};

  friend bool operator==(const eval_report&, const eval_report&) = default;
};

/// grouper -> model_store: was anything learnt before that serves this camera better than what it runs? It is given to
/// the camera at once. Answered by the `model_update` that training is to begin from.
/// grouper -> group_job -> model_store: all members drifted together; was anything learnt before that serves them better
/// than what the job has? (decision 8)
struct expert_query {
  /// Empty when it is about a group.
  camera_id camera;
  /// What the camera runs; 0 for what it should run.
  std::uint32_t revision = 0;
  /// Of the drifted scenes, labelled; without any the present model is the answer.
  std::vector<labelled_frame> frames;
  /// About a group: what its job has. Nobody is given what is found; the job judges who is better off with it.
  std::optional<model_update> own = std::nullopt;

  friend bool operator==(const expert_query&, const expert_query&) = default;
};

/// group_job -> model_store: the group is over. These are the best weights it had, and held-out frames of its members
/// from then (decision 30).
struct archive_order {
  group_id group;
  window_number window = 0;
  model_ref parent;
  blob weights;
  std::vector<labelled_frame> frames;

  friend bool operator==(const archive_order&, const archive_order&) = default;
};

} // namespace ecco
