// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <torch/torch.h>

#include "messages/blob.hpp"
#include "messages/error.hpp"
#include "runtime/learn/safetensors.hpp"
#include "runtime/learn/yolo11.hpp"
#include "runtime/learn/yolo11_blocks.hpp"
#include "runtime/learn/yolo11_head.hpp"

namespace ecco {

struct named_tensor {
  std::string name;
  torch::Tensor tensor;
};

/// YOLO11 with the Detect or Segment head. Names of parameters and buffers are those of Ultralytics' state
/// dict (without the counters `num_batches_tracked`). Parameters are uninitialised until `initialise` or a
/// load. Convolution weights are stored channels-last; feed it channels-last pictures, RGB in [0, 1].
class yolo11_net final : public torch::nn::Module {
 public:
  yolo11_net(const yolo11_variant& variant, std::int64_t classes);

  /// @param pooled filled, when given, with the means of each channel of what the head gets: pictures x channels
  head_output forward(const torch::Tensor& pictures, torch::Tensor* pooled = nullptr);

  /// Has it the Segment head?
  bool masks() const { return head_->masks(); }

  /// Draws fresh parameters; the global generator is not touched.
  void initialise(std::uint64_t seed);

  /// Parameters and running statistics by name.
  std::vector<named_tensor> state() const;

  /// How much of itself each training batch lends to the running statistics; .03, as published, until set.
  void set_statistics_momentum(double momentum);

  /// Folds every batch normalisation into its convolution. Afterwards the net can only infer.
  void fold();

  /// The layers in order, with the multiplications of the latest forward pass.
  std::vector<layer_summary> summary() const;

 private:
  /// A layer without a body only moves features about.
  struct layer {
    std::string_view kind;
    std::int64_t channels = 0;
    block_ptr body;
  };

  std::vector<layer> layers_;
  std::shared_ptr<yolo11_head> head_;
};

/// Writes a state dict as safetensors: equal weights are equal bytes. @pre `type` is a floating one
blob save_weights(std::vector<named_tensor> tensors, scalar_type type = scalar_type::f32,
                  const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

/// Fills the net, all or nothing. Takes fp32, fp16 and bf16, with or without Ultralytics' constants and
/// counters. Of weights for another number of classes, `other_classes::reinitialise` leaves out the class
/// branch's last convolution, and its hidden ones where their width too depends on that number (yolo11p and
/// n); there the net keeps what it has.
/// @returns `malformed_data` for what is not safetensors; `shape_mismatch` naming a tensor that is missing,
///          unknown or of another shape, or both numbers of classes; `not_finite` naming a tensor with such a
///          value or a negative variance.
result<void> load_weights(yolo11_net& net, const blob& weights, other_classes how = other_classes::refuse);

} // namespace ecco
