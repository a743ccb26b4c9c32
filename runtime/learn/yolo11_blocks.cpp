// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/yolo11_blocks.hpp"

#include <cmath>
#include <numeric>

#include "runtime/learn/norm_silu.hpp"
#include "runtime/learn/torch_guard.hpp"

namespace ecco {

namespace {

using torch::Tensor;

std::int64_t values_of_one(const Tensor& batch) {
  return batch[0].numel();
}

/// Two 3x3 convolutions around `hidden` channels; the input is added.
class bottleneck final : public block {
 public:
  bottleneck(std::int64_t channels, std::int64_t hidden) {
    cv1_ = register_module("cv1", conv_3x3(channels, hidden));
    cv2_ = register_module("cv2", conv_3x3(hidden, channels));
  }

  Tensor forward(const Tensor& x) override { return x + cv2_->forward(cv1_->forward(x)); }

 private:
  block_ptr cv1_, cv2_;
};

/// Two bottlenecks beside a shortcut of half the channels.
class c3k_block final : public block {
 public:
  explicit c3k_block(std::int64_t channels) {
    const auto half = channels / 2;
    cv1_ = register_module("cv1", conv_1x1(channels, half));
    cv2_ = register_module("cv2", conv_1x1(channels, half));
    cv3_ = register_module("cv3", conv_1x1(2 * half, channels));
    m_ = register_module(
        "m", std::make_shared<sequence>(std::vector<block_ptr>{std::make_shared<bottleneck>(half, half),
                                                               std::make_shared<bottleneck>(half, half)}));
  }

  Tensor forward(const Tensor& x) override {
    return cv3_->forward(torch::cat({m_->forward(cv1_->forward(x)), cv2_->forward(x)}, 1));
  }

 private:
  block_ptr cv1_, cv2_, cv3_, m_;
};

class c3k2_block final : public block {
 public:
  c3k2_block(std::int64_t in, std::int64_t out, std::int64_t repeats, bool use_c3k, double expansion) {
    const auto c = static_cast<std::int64_t>(static_cast<double>(out) * expansion);
    cv1_ = register_module("cv1", conv_1x1(in, 2 * c));
    cv2_ = register_module("cv2", conv_1x1((2 + repeats) * c, out));
    std::vector<block_ptr> stages;
    for (std::int64_t i = 0; i < repeats; ++i)
      if (use_c3k)
        stages.push_back(std::make_shared<c3k_block>(c));
      else
        stages.push_back(std::make_shared<bottleneck>(c, c / 2));
    m_ = register_module("m", std::make_shared<sequence>(std::move(stages)));
  }

  Tensor forward(const Tensor& x) override {
    auto parts = cv1_->forward(x).chunk(2, 1);
    for (std::size_t i = 0; i < m_->size(); ++i)
      parts.push_back((*m_)[i].forward(parts.back()));
    return cv2_->forward(torch::cat(parts, 1));
  }

 private:
  block_ptr cv1_, cv2_;
  std::shared_ptr<sequence> m_;
};

/// Three poolings of 5 one after another reach as far as poolings of 5, 9 and 13.
class sppf_block final : public block {
 public:
  explicit sppf_block(std::int64_t channels) {
    cv1_ = register_module("cv1", conv_1x1(channels, channels / 2));
    cv2_ = register_module("cv2", conv_1x1(2 * channels, channels));
  }

  Tensor forward(const Tensor& x) override {
    std::vector<Tensor> parts{cv1_->forward(x)};
    for (int i = 0; i < 3; ++i)
      parts.push_back(torch::max_pool2d(parts.back(), 5, 1, 2));
    return cv2_->forward(torch::cat(parts, 1));
  }

 private:
  block_ptr cv1_, cv2_;
};

/// Self-attention over all cells, with a depthwise convolution as position encoding.
class attention final : public block {
 public:
  explicit attention(std::int64_t channels)
      : heads_(channels / 64), value_size_(channels / heads_), key_size_(value_size_ / 2) {
    qkv_ = register_module("qkv", conv_1x1(channels, channels + 2 * key_size_ * heads_, false));
    proj_ = register_module("proj", conv_1x1(channels, channels, false));
    pe_ = register_module("pe", depthwise_3x3(channels, false));
  }

  Tensor forward(const Tensor& x) override {
    const auto batch = x.size(0), height = x.size(2), width = x.size(3);
    auto parts = qkv_->forward(x)
                     .reshape({batch, heads_, 2 * key_size_ + value_size_, height * width})
                     .split_with_sizes({key_size_, key_size_, value_size_}, 2);
    const auto &q = parts[0], &k = parts[1], &v = parts[2];
    auto weights = (q.transpose(2, 3).matmul(k) * std::pow(key_size_, -.5)).softmax(3);
    const std::vector<std::int64_t> shape{batch, heads_ * value_size_, height, width};
    auto y = v.matmul(weights.transpose(2, 3)).reshape(shape) + pe_->forward(v.reshape(shape));
    return proj_->forward(y.contiguous(torch::MemoryFormat::ChannelsLast));
  }

 private:
  std::int64_t heads_, value_size_, key_size_;
  block_ptr qkv_, proj_, pe_;
};

class psa_block final : public block {
 public:
  explicit psa_block(std::int64_t channels) {
    attn_ = register_module("attn", std::make_shared<attention>(channels));
    ffn_ = register_module(
        "ffn", std::make_shared<sequence>(std::vector<block_ptr>{conv_1x1(channels, 2 * channels),
                                                                 conv_1x1(2 * channels, channels, false)}));
  }

  Tensor forward(const Tensor& x) override {
    auto y = x + attn_->forward(x);
    return y + ffn_->forward(y);
  }

 private:
  block_ptr attn_, ffn_;
};

class c2psa_block final : public block {
 public:
  c2psa_block(std::int64_t channels, std::int64_t repeats) {
    const auto half = channels / 2;
    cv1_ = register_module("cv1", conv_1x1(channels, 2 * half));
    cv2_ = register_module("cv2", conv_1x1(2 * half, channels));
    std::vector<block_ptr> stages;
    for (std::int64_t i = 0; i < repeats; ++i)
      stages.push_back(std::make_shared<psa_block>(half));
    m_ = register_module("m", std::make_shared<sequence>(std::move(stages)));
  }

  Tensor forward(const Tensor& x) override {
    auto halves = cv1_->forward(x).chunk(2, 1);
    return cv2_->forward(torch::cat({halves[0], m_->forward(halves[1])}, 1));
  }

 private:
  block_ptr cv1_, cv2_, m_;
};

} // namespace

plain_conv::plain_conv(const shape& s) : stride_(s.stride), padding_(s.kernel / 2), groups_(s.groups) {
  weight = register_parameter("weight", torch::empty({s.out, s.in / s.groups, s.kernel, s.kernel})
                                            .contiguous(torch::MemoryFormat::ChannelsLast));
  if (s.bias)
    bias = register_parameter("bias", torch::empty({s.out}));
}

/// On CPUs always by oneDNN. torch would leave it for matrix products of its own that take 1.5 to 3 times as long
/// (measured with 1.13): for one small picture, and on one thread for kernels of 1x1.
Tensor plain_conv::convolved(const Tensor& x) const {
  if (!x.is_cpu() || !at::hasMKLDNN())
    return torch::conv2d(x, weight, bias, stride_, padding_, 1, groups_);
  if (x.scalar_type() == torch::kFloat && !torch::GradMode::is_enabled() && !autocasts_on(torch::kCPU))
    return at::mkldnn_convolution(x, weight, bias, {padding_, padding_}, {stride_, stride_}, {1, 1}, groups_);
  // The dilation of a 1x1 kernel changes nothing but torch's choice.
  return torch::conv2d(x, weight, bias, stride_, padding_, weight.size(2) == 1 ? 2 : 1, groups_);
}

Tensor plain_conv::forward(const Tensor& x) {
  auto y = convolved(x);
  multiplications = values_of_one(y) * fan_in();
  return y;
}

doubling_conv::doubling_conv(std::int64_t channels) {
  weight = register_parameter("weight", torch::empty({channels, channels, 2, 2}));
  bias = register_parameter("bias", torch::empty({channels}));
}

Tensor doubling_conv::forward(const Tensor& x) {
  // In bf16 on CPUs, LibTorch 1.13 hands it to oneDNN as a convolution that is not transposed: another size comes out.
  const auto type = x.is_cpu() ? torch::kFloat : x.scalar_type();
  auto y = torch::conv_transpose2d(x.to(type), weight.to(type), bias.to(type), 2).to(x.scalar_type());
  multiplications = values_of_one(y) * weight.size(0);
  return y;
}

batch_norm::batch_norm(std::int64_t channels) {
  weight = register_parameter("weight", torch::ones({channels}));
  bias = register_parameter("bias", torch::zeros({channels}));
  running_mean = register_buffer("running_mean", torch::zeros({channels}));
  running_var = register_buffer("running_var", torch::ones({channels}));
}

Tensor batch_norm::forward(const Tensor& x) {
  return torch::batch_norm(x, weight, bias, running_mean, running_var, is_training(), momentum, epsilon,
                           x.is_cuda());
}

conv::conv(const plain_conv::shape& s, bool activate) : activate_(activate) {
  conv_ = register_module("conv", std::make_shared<plain_conv>(s));
  norm_ = register_module("bn", std::make_shared<batch_norm>(s.out));
}

Tensor conv::forward(const Tensor& x) {
  auto y = conv_->forward(x);
  const bool in_one_go = activate_ && norm_silu_takes(y);
  if (norm_ && in_one_go && norm_->is_training())
    return norm_silu(y, norm_->weight, norm_->bias, norm_->running_mean, norm_->running_var, norm_->momentum,
                     batch_norm::epsilon);
  if (norm_)
    y = norm_->forward(y);
  if (!activate_)
    return y;
  if (y.requires_grad())
    return torch::silu(y);
  if (in_one_go)
    silu_in_place(y);
  else
    torch::silu_(y);
  return y;
}

void conv::fold() {
  const auto gain = norm_->weight / torch::sqrt(norm_->running_var + batch_norm::epsilon);
  conv_->weight.mul_(gain.view({-1, 1, 1, 1}));
  conv_->bias = conv_->register_parameter("bias", norm_->bias - norm_->running_mean * gain);
  norm_ = nullptr;
  unregister_module("bn");
}

sequence::sequence(std::vector<block_ptr> blocks) : blocks_(std::move(blocks)) {
  for (std::size_t i = 0; i < blocks_.size(); ++i)
    register_module(std::to_string(i), blocks_[i]);
}

Tensor sequence::forward(const Tensor& x) {
  return std::accumulate(blocks_.begin(), blocks_.end(), x,
                         [](const Tensor& y, const block_ptr& next) { return next->forward(y); });
}

block_ptr conv_1x1(std::int64_t in, std::int64_t out, bool activate) {
  return std::make_shared<conv>(plain_conv::shape{.in = in, .out = out}, activate);
}

block_ptr conv_3x3(std::int64_t in, std::int64_t out, std::int64_t stride) {
  return std::make_shared<conv>(plain_conv::shape{.in = in, .out = out, .kernel = 3, .stride = stride});
}

block_ptr depthwise_3x3(std::int64_t channels, bool activate) {
  return std::make_shared<conv>(
      plain_conv::shape{.in = channels, .out = channels, .kernel = 3, .groups = channels}, activate);
}

block_ptr c3k2(std::int64_t in, std::int64_t out, std::int64_t repeats, bool use_c3k, double expansion) {
  return std::make_shared<c3k2_block>(in, out, repeats, use_c3k, expansion);
}

block_ptr sppf(std::int64_t channels) {
  return std::make_shared<sppf_block>(channels);
}

block_ptr c2psa(std::int64_t channels, std::int64_t repeats) {
  return std::make_shared<c2psa_block>(channels, repeats);
}

} // namespace ecco
