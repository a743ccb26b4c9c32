// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/old_conditions.hpp"
#include "messages/model.hpp"

namespace ecco {

struct gate_options {
  /// The candidate must be this much better in mAP@0.5 than what the camera runs,
  double margin = 0.01;
  /// and by more than so many standard errors of the difference, taken as if the scores were independent. An unknown
  /// standard error counts as none.
  double standard_errors = 1;
  /// Fewer held-out frames than this decide nothing: the camera keeps what it has.
  std::uint32_t least_frames = 8;
  /// What becomes of one that lost more than `most_forgotten` mAP@0.5, beyond as many standard errors, on frames from
  /// before the camera's drift.
  old_conditions old = old_conditions::ignore;
  double most_forgotten = 0.1;
  /// A model that does worse than the one it replaced by so many standard errors is taken back.
  double regret_errors = 2;
};

struct gate_decision {
  bool deploy = false;
  /// "0.31 -> 0.44 on 24 held-out frames".
  std::string why;
  /// It forgot old conditions: "0.62 -> 0.20 on 16 frames from before the drift". Empty when it did not, or nobody
  /// looked.
  std::string forgot{};
};

/// Does the candidate beat what this camera runs, on this camera's held-out frames (decision 32), and does it still
/// know what it saw before its drift? Scores that are NaN deploy nothing; a camera without a model scores 0 under it.
gate_decision decide(const gate_evidence& evidence, const gate_options& options);

/// Is the model that a camera runs worse than the one it replaced, both on the same of its newest held-out frames?
/// @returns why it is to be taken back: "0.31, but r3 had 0.52 on 12 held-out frames"; nothing when it is not, or when
///          the frames do not tell.
std::optional<std::string> regret(const camera_score& present, const camera_score& replaced,
                                  std::uint32_t replaced_revision, const gate_options& options);

} // namespace ecco
