// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch. What YOLO11 is built of; members are named as in
// Ultralytics' state dict.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/torch.h>

namespace ecco {

/// A part of the network: one picture of features in, one out.
class block : public torch::nn::Module {
 public:
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
};
using block_ptr = std::shared_ptr<block>;

/// A block with a kernel. Parameters are uninitialised.
class kernel_block : public block {
 public:
  /// How many numbers one output value sums up.
  std::int64_t fan_in() const { return weight[0].numel(); }

  /// Multiplications for one picture of the latest forward pass.
  std::int64_t multiplications = 0;
  /// Without a bias, that is undefined.
  torch::Tensor weight, bias;
};

/// A convolution as such, "same" padding, weights channels-last.
class plain_conv final : public kernel_block {
 public:
  struct shape {
    std::int64_t in, out, kernel = 1, stride = 1, groups = 1;
    bool bias = false;
  };

  explicit plain_conv(const shape& s);
  torch::Tensor forward(const torch::Tensor& x) override;

 private:
  torch::Tensor convolved(const torch::Tensor& x) const;

  std::int64_t stride_, padding_, groups_;
};

/// Learned upsampling to twice the size, with a bias: every input cell becomes four, no overlap.
class doubling_conv final : public kernel_block {
 public:
  explicit doubling_conv(std::int64_t channels);
  torch::Tensor forward(const torch::Tensor& x) override;
};

class batch_norm final : public torch::nn::Module {
 public:
  static constexpr double epsilon = 1e-3;

  explicit batch_norm(std::int64_t channels);
  torch::Tensor forward(const torch::Tensor& x);

  torch::Tensor weight, bias, running_mean, running_var;
  double momentum = .03;
};

/// Convolution, batch normalisation, SiLU.
class conv final : public block {
 public:
  explicit conv(const plain_conv::shape& s, bool activate = true);
  torch::Tensor forward(const torch::Tensor& x) override;

  /// Moves the normalisation into the convolution.
  void fold();

 private:
  bool activate_;
  std::shared_ptr<plain_conv> conv_;
  std::shared_ptr<batch_norm> norm_;
};

/// Blocks one after another, named "0", "1", ...
class sequence final : public block {
 public:
  explicit sequence(std::vector<block_ptr> blocks);
  torch::Tensor forward(const torch::Tensor& x) override;

  block& operator[](std::size_t i) { return *blocks_[i]; }
  std::size_t size() const { return blocks_.size(); }

 private:
  std::vector<block_ptr> blocks_;
};

block_ptr conv_1x1(std::int64_t in, std::int64_t out, bool activate = true);
block_ptr conv_3x3(std::int64_t in, std::int64_t out, std::int64_t stride = 1);
block_ptr depthwise_3x3(std::int64_t channels, bool activate = true);

/// A chain of `repeats` blocks, every stage of which is concatenated: bottlenecks, or C3k blocks of two
/// bottlenecks each. The chain has `expansion * out` channels.
block_ptr c3k2(std::int64_t in, std::int64_t out, std::int64_t repeats, bool use_c3k, double expansion);

/// Pools over 5, 9 and 13 cells.
block_ptr sppf(std::int64_t channels);

/// Half the channels pass through `repeats` blocks of self-attention. @pre 128 channels or a multiple
block_ptr c2psa(std::int64_t channels, std::int64_t repeats);

} // namespace ecco
