// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "runtime/learn/yolo11_net.hpp"

namespace ecco {

/// A net's whole state in two long vectors, of which its parameters, gradients and running statistics become
/// views. Optimiser, averaging and checkpoints are then a few operations instead of thousands on small
/// tensors.
class flat_state {
 public:
  /// Moves the net to `device`.
  flat_state(yolo11_net& net, const torch::Device& device);

  /// Convolution weights (`decayed` of them), other parameters (`trained` so far), running statistics.
  torch::Tensor values;
  /// Gradients of the first `trained` values. Zero them before each backward pass.
  torch::Tensor gradients;
  std::int64_t decayed = 0, trained = 0;

  /// The tensors of the state dict as views into `flat`, which is laid out as `values` is.
  std::vector<named_tensor> view(const torch::Tensor& flat) const;

 private:
  struct slot {
    std::string name;
    std::vector<std::int64_t> sizes, strides;
    std::int64_t offset = 0;
  };

  torch::Tensor view(const torch::Tensor& flat, const slot& at) const;

  std::vector<slot> slots_;
};

} // namespace ecco
