// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <torch/torch.h>

namespace ecco {

/// Sum of log(1 + e^z) over all logits z, (..., classes): the binary cross entropy with targets of 0. A target t makes
/// it t * z less. On CPUs in one pass over memory, and so is its gradient.
/// @param logits float
/// @param weights of each row of classes, (...), float; undefined: all 1
torch::Tensor softplus_sum(const torch::Tensor& logits, const torch::Tensor& weights);

/// The same as torch's operations, wherever the tensors are.
torch::Tensor softplus_sum_by_torch(const torch::Tensor& logits, const torch::Tensor& weights);

} // namespace ecco
