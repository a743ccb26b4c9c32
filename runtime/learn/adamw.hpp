// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <torch/torch.h>

namespace ecco {

/// Tensors of one dimension and one length, float. `average` follows `values`.
struct adamw_state {
  torch::Tensor values, average, first_moment, second_moment, gradients;
};

/// What one step of AdamW (Loshchilov and Hutter 2019) does, the corrections of its start included.
struct adamw_step {
  double gradient_scale = 1;
  double first_decay, second_decay;
  /// Of the first moment by the root of the second, which `second_correction` is divided out of.
  double rate, second_correction;
  /// The first `decayed` values *= keep, before the step.
  double keep = 1;
  std::int64_t decayed = 0;
  /// average += (values - average) * average_share, after it.
  double average_share;

  static constexpr double epsilon = 1e-8;
};

/// Takes the step: on CPUs in one pass over memory, elsewhere as torch's operations. `gradients` are lost.
void take_step(const adamw_state& state, const adamw_step& step);

/// The same as torch's operations, wherever the tensors are.
void take_step_by_torch(const adamw_state& state, const adamw_step& step);

} // namespace ecco
