// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "runtime/policy/alarm_check.hpp"

namespace ecco {

/// What one request is judged by, and whom to ask.
struct comparison_terms {
  retrain_request request;
  ingest_actor video;
  allocator_actor allocator;
  model_store_actor models;
  struct candidate {
    group_id group;
    group_job_actor job;
  };
  std::vector<candidate> candidates;
  /// Labelled frames to wait for.
  std::uint32_t subsamples = 0;
  /// What makes an alarm false; without it the alarm is taken as true.
  std::optional<alarm_check_options> doubt;
};

/// Every score is on the same decoded frames.
struct comparison_outcome {
  static constexpr double unscored = std::numeric_limits<double>::quiet_NaN();

  /// Why the alarm is false; nothing else is known then.
  std::optional<std::string> false_alarm;
  /// Why the candidates could not be compared.
  std::optional<error> failure;
  /// The camera's own model, NaN when it was not asked for; and the candidates that answered.
  camera_score own{{}, unscored, unscored, unscored, 0, 0};
  struct candidate {
    group_id group;
    camera_score score;
  };
  std::vector<candidate> candidates;
  /// What they were scored on; may be there even if nothing was.
  std::vector<labelled_frame> frames;
};

/// The measurements of Algorithm 2's line 5 for one request, made on behalf of the grouper: frames of the drifted
/// scene from the camera's ingest, then the camera's own model and each candidate group's on them. The request's own
/// model is scored here on the same decoded frames as the groups' models (decision 4): what the camera saw before
/// encoding would differ even for equal weights.
class comparison : public std::enable_shared_from_this<comparison> {
 public:
  using callback = std::function<void(const comparison_outcome&)>;

  /// Begins to ask. `done` is called once, from `self`'s handlers.
  static void begin(grouper_actor::pointer self, comparison_terms terms, callback done);

 private:
  comparison(grouper_actor::pointer self, comparison_terms terms, callback done);

  void doubt_alarm(const sample_batch& frames);
  void fetch_own_model();
  void score_all(const blob& own);
  void one_less();
  void give_up(const caf::error& failure);

  grouper_actor::pointer self_;
  comparison_terms terms_;
  callback done_;
  sample_batch frames_;
  std::size_t outstanding_ = 0;
  comparison_outcome outcome_;
};

} // namespace ecco
