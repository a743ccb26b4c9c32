// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch. The last layer of YOLO11, and what its output means.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "runtime/learn/letterbox.hpp"
#include "runtime/learn/masks.hpp"
#include "runtime/learn/yolo11_blocks.hpp"

namespace ecco {

/// Bins of the distribution over one side's distance to the anchor.
inline constexpr std::int64_t distance_bins = 16;

/// What the head says of every anchor, P3 then P4 then P5, each row by row.
struct head_output {
  /// Logits of the distances to left, top, right, bottom: (batch, anchors, 4 * distance_bins).
  torch::Tensor distances;
  /// Class logits: (batch, anchors, classes).
  torch::Tensor classes;
  /// Of the Segment head only, else undefined. The logits of an anchor's mask are its coefficients
  /// (batch, anchors, mask_prototypes) times the picture's prototypes
  /// (batch, mask_prototypes, height / mask_stride, width / mask_stride).
  torch::Tensor coefficients{}, prototypes{};
};

/// Centres of the anchors in grid cells (anchors, 2), and pixels a cell (anchors, 1).
struct anchor_grid {
  torch::Tensor centres, strides;
};

/// The anchors of an input of that size.
anchor_grid make_anchors(std::int64_t input_height, std::int64_t input_width, const torch::Device& device = torch::kCPU);

/// The anchors of every size of input that was asked for, on one device.
class anchor_grids {
 public:
  explicit anchor_grids(const torch::Device& device) : device_(device) {}

  const anchor_grid& of(input_size size);

 private:
  torch::Device device_;
  std::map<std::pair<int, int>, anchor_grid> known_;
};

/// Mean of each side's distribution, in grid cells: (..., 4 * distance_bins) -> (..., 4).
torch::Tensor expected_distances(const torch::Tensor& logits);

/// Corner boxes in grid cells from distances (left, top, right, bottom) to `centres`.
torch::Tensor boxes_around(const torch::Tensor& centres, const torch::Tensor& distances);

/// Detect, or Segment when it has masks.
class yolo11_head final : public torch::nn::Module {
 public:
  struct shape {
    /// Channels of P3, P4 and P5.
    std::array<std::int64_t, 3> in;
    std::int64_t classes = 0;
    /// Channels on the way to the mask prototypes; 0: no masks.
    std::int64_t prototype_hidden = 0;
  };

  explicit yolo11_head(const shape& s);
  head_output forward(const std::array<torch::Tensor, 3>& levels);
  bool masks() const { return proto_ != nullptr; }

  /// Draws the biases: boxes of a few cells, rare objects (Ultralytics 8.3); kernels are the net's affair.
  void initialise(at::Generator& random);

 private:
  std::int64_t classes_;
  torch::Tensor mean_of_bins_;
  /// Branches of a level each: distances, classes, mask coefficients. Named as in the state dict.
  std::shared_ptr<sequence> cv2_, cv3_, cv4_;
  block_ptr proto_;
};

} // namespace ecco
