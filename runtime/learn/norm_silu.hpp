// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch. What follows nearly every convolution, in one go on CPUs: torch's
// own operations go over the features more often, keep them twice, and are slow in bf16 (benchmarks/README.md).
#pragma once

#include <torch/torch.h>

namespace ecco {

/// Whether what is below knows features like these: float or bf16 of a CPU.
bool norm_silu_takes(const torch::Tensor& x);

/// SiLU of the batch normalisation of x, (N, C, H, W), as in training: over the statistics of the batch, which also
/// move the running ones. Differentiable once. @pre norm_silu_takes(x); the others are float, (C)
/// @returns channels-last, of the type of x
torch::Tensor norm_silu(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                        const torch::Tensor& running_mean, const torch::Tensor& running_var, double momentum,
                        double epsilon);

/// SiLU in place, without gradient. @pre norm_silu_takes(x), x has no gaps in its memory
void silu_in_place(torch::Tensor& x);

} // namespace ecco
