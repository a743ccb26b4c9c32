// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <torch/torch.h>

namespace ecco {

/// Sum of log(1 + e^z) over all logits z, (..., classes): the binary cross entropy with targets of 0, of which those with
/// other targets t are t * z less. On CPUs in one pass over memory, as is its gradient.
/// @param weights of each row of classes, (...), float; undefined: all 1. @pre logits are float
torch::Tensor softplus_sum(const torch::Tensor& logits, const torch::Tensor& weights);

/// The same as torch's operations, wherever the tensors are.
torch::Tensor softplus_sum_by_torch(const torch::Tensor& logits, const torch::Tensor& weights);

} // namespace ecco
