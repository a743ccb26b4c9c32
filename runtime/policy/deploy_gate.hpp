// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "messages/model.hpp"

namespace ecco {

struct gate_options {
  /// The candidate must be this much better in mAP@0.5 than what the camera runs.
  double margin = 0.01;
  /// Fewer held-out frames than this decide nothing: the camera keeps what it has.
  std::uint32_t least_frames = 8;
};

struct gate_decision {
  bool deploy = false;
  /// "0.31 -> 0.44 on 24 held-out frames".
  std::string why;
};

/// Does the candidate beat what this camera runs, on this camera's held-out frames (decision 32)? Scores that
/// are NaN deploy nothing; a camera without a model scores 0 under it.
gate_decision decide(const gate_evidence& evidence, const gate_options& options);

} // namespace ecco
