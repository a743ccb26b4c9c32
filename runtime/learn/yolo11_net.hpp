// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "messages/blob.hpp"
#include "messages/error.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

/// Bins of the distribution over one side's distance to the anchor.
inline constexpr std::int64_t distance_bins = 16;

/// A part of the network: one picture of features in, one out.
class block : public torch::nn::Module {
 public:
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
};
using block_ptr = std::shared_ptr<block>;

/// What the head says of every anchor, P3 then P4 then P5, each row by row.
struct head_output {
  /// Logits of the distances to left, top, right, bottom: (batch, anchors, 4 * distance_bins).
  torch::Tensor distances;
  /// Class logits: (batch, anchors, classes).
  torch::Tensor classes;
};

/// Centres of the anchors in grid cells (anchors, 2), and pixels a cell (anchors, 1).
struct anchor_grid {
  torch::Tensor centres, strides;
};

/// The anchors of an input of that size.
anchor_grid make_anchors(std::int64_t input_height, std::int64_t input_width);

/// Mean of each side's distribution, in grid cells: (..., 4 * distance_bins) -> (..., 4).
torch::Tensor expected_distances(const torch::Tensor& logits);

/// Corner boxes in grid cells from distances (left, top, right, bottom) to `centres`.
torch::Tensor boxes_around(const torch::Tensor& centres, const torch::Tensor& distances);

struct named_tensor {
  std::string name;
  torch::Tensor tensor;
};

/// YOLO11 with the Detect head. Names of parameters and buffers are those of Ultralytics' state dict
/// (without the counters `num_batches_tracked`). Parameters are uninitialised until `initialise` or a load.
/// Convolution weights are stored channels-last; feed it channels-last pictures, RGB in [0, 1].
class yolo11_net final : public torch::nn::Module {
 public:
  yolo11_net(const yolo11_scale& scale, std::int64_t classes);

  head_output forward(const torch::Tensor& pictures);

  /// Draws fresh parameters; the global generator is not touched.
  void initialise(std::uint64_t seed);

  /// Parameters and running statistics by name.
  std::vector<named_tensor> state() const;

  /// How much of itself each training batch lends to the running statistics; .03, as published, until set.
  void set_statistics_momentum(double momentum);

  /// Folds every batch normalisation into its convolution. Afterwards the net can only infer.
  void fold();

 private:
  std::vector<block_ptr> layers_;
  class detect_head;
  std::shared_ptr<detect_head> head_;
};

/// Writes a state dict in fp32 as safetensors.
blob save_weights(std::vector<named_tensor> tensors);

/// Fills the net, all or nothing. Takes fp32, fp16 and bf16, with or without Ultralytics' constants and
/// counters.
/// @returns `malformed_data` for what is not safetensors; `shape_mismatch` naming a tensor that is missing,
///          unknown or of another shape; `not_finite` naming a tensor with such a value or a negative
///          variance.
result<void> load_weights(yolo11_net& net, const blob& weights);

} // namespace ecco
