// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/yolo11.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "runtime/learn/yolo11_net.hpp"

namespace ecco {

namespace {

using torch::Tensor;

// Ultralytics' table, and "p", which is ecco's own for CPUs.
constexpr std::array scales{
    yolo11_scale{"yolo11p", .50, .125, 1024, false},
    yolo11_scale{"yolo11n", .50, .250, 1024, false},
};

constexpr double norm_epsilon = 1e-3;

/// A convolution as such, "same" padding.
class plain_conv final : public block {
 public:
  struct shape {
    std::int64_t in, out, kernel = 1, stride = 1, groups = 1;
    bool bias = false;
  };

  explicit plain_conv(const shape& s) : stride_(s.stride), padding_(s.kernel / 2), groups_(s.groups) {
    weight = register_parameter("weight", torch::empty({s.out, s.in / s.groups, s.kernel, s.kernel})
                                              .contiguous(torch::MemoryFormat::ChannelsLast));
    if (s.bias)
      bias = register_parameter("bias", torch::empty({s.out}));
  }

  Tensor forward(const Tensor& x) override {
    // The dilation of a 1x1 kernel changes nothing but torch's choice of implementation: on one thread it
    // would leave oneDNN for a matrix product that takes 1.5 to 2 times as long (measured with 1.13).
    const auto dilation = weight.size(2) == 1 ? 2 : 1;
    return torch::conv2d(x, weight, bias, stride_, padding_, dilation, groups_);
  }

  Tensor weight, bias;

 private:
  std::int64_t stride_, padding_, groups_;
};

class batch_norm final : public torch::nn::Module {
 public:
  explicit batch_norm(std::int64_t channels) {
    weight = register_parameter("weight", torch::ones({channels}));
    bias = register_parameter("bias", torch::zeros({channels}));
    running_mean = register_buffer("running_mean", torch::zeros({channels}));
    running_var = register_buffer("running_var", torch::ones({channels}));
  }

  Tensor forward(const Tensor& x) {
    return torch::batch_norm(x, weight, bias, running_mean, running_var, is_training(), momentum,
                             norm_epsilon, false);
  }

  Tensor weight, bias, running_mean, running_var;
  double momentum = .03;
};

/// Convolution, batch normalisation, SiLU.
class conv final : public block {
 public:
  conv(const plain_conv::shape& s, bool activate = true) : activate_(activate) {
    conv_ = register_module("conv", std::make_shared<plain_conv>(s));
    norm_ = register_module("bn", std::make_shared<batch_norm>(s.out));
  }

  Tensor forward(const Tensor& x) override {
    auto y = conv_->forward(x);
    if (norm_)
      y = norm_->forward(y);
    if (!activate_)
      return y;
    return y.requires_grad() ? torch::silu(y) : torch::silu_(y);
  }

  void fold() {
    auto gain = norm_->weight / torch::sqrt(norm_->running_var + norm_epsilon);
    conv_->weight.mul_(gain.view({-1, 1, 1, 1}));
    conv_->bias = conv_->register_parameter("bias", norm_->bias - norm_->running_mean * gain);
    norm_ = nullptr;
    unregister_module("bn");
  }

 private:
  bool activate_;
  std::shared_ptr<plain_conv> conv_;
  std::shared_ptr<batch_norm> norm_;
};

/// Blocks one after another, named "0", "1", ...
class sequence final : public block {
 public:
  explicit sequence(std::vector<block_ptr> blocks) : blocks_(std::move(blocks)) {
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      register_module(std::to_string(i), blocks_[i]);
  }

  Tensor forward(const Tensor& x) override {
    return std::accumulate(blocks_.begin(), blocks_.end(), x,
                           [](const Tensor& y, const block_ptr& next) { return next->forward(y); });
  }

  block& operator[](std::size_t i) { return *blocks_[i]; }
  std::size_t size() const { return blocks_.size(); }

 private:
  std::vector<block_ptr> blocks_;
};

block_ptr conv_1x1(std::int64_t in, std::int64_t out, bool activate = true) {
  return std::make_shared<conv>(plain_conv::shape{.in = in, .out = out}, activate);
}

block_ptr conv_3x3(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  return std::make_shared<conv>(plain_conv::shape{.in = in, .out = out, .kernel = 3, .stride = stride});
}

block_ptr depthwise_3x3(std::int64_t channels, bool activate = true) {
  return std::make_shared<conv>(
      plain_conv::shape{.in = channels, .out = channels, .kernel = 3, .groups = channels}, activate);
}

/// Two 3x3 convolutions around `hidden` channels; the input is added where the channels agree.
class bottleneck final : public block {
 public:
  bottleneck(std::int64_t in, std::int64_t out, std::int64_t hidden) : add_(in == out) {
    cv1_ = register_module("cv1", conv_3x3(in, hidden));
    cv2_ = register_module("cv2", conv_3x3(hidden, out));
  }

  Tensor forward(const Tensor& x) override {
    auto y = cv2_->forward(cv1_->forward(x));
    return add_ ? x + y : y;
  }

 private:
  bool add_;
  block_ptr cv1_, cv2_;
};

/// Two bottlenecks beside a shortcut of half the channels.
class c3k final : public block {
 public:
  explicit c3k(std::int64_t channels) {
    const auto half = channels / 2;
    cv1_ = register_module("cv1", conv_1x1(channels, half));
    cv2_ = register_module("cv2", conv_1x1(channels, half));
    cv3_ = register_module("cv3", conv_1x1(2 * half, channels));
    m_ = register_module("m", std::make_shared<sequence>(
                                  std::vector<block_ptr>{std::make_shared<bottleneck>(half, half, half),
                                                         std::make_shared<bottleneck>(half, half, half)}));
  }

  Tensor forward(const Tensor& x) override {
    return cv3_->forward(torch::cat({m_->forward(cv1_->forward(x)), cv2_->forward(x)}, 1));
  }

 private:
  block_ptr cv1_, cv2_, cv3_, m_;
};

/// A chain of blocks whose every stage is concatenated.
class c3k2 final : public block {
 public:
  c3k2(std::int64_t in, std::int64_t out, std::int64_t repeats, bool use_c3k, double expansion) {
    const auto c = static_cast<std::int64_t>(static_cast<double>(out) * expansion);
    cv1_ = register_module("cv1", conv_1x1(in, 2 * c));
    cv2_ = register_module("cv2", conv_1x1((2 + repeats) * c, out));
    std::vector<block_ptr> stages;
    for (std::int64_t i = 0; i < repeats; ++i)
      if (use_c3k)
        stages.push_back(std::make_shared<c3k>(c));
      else
        stages.push_back(std::make_shared<bottleneck>(c, c, c / 2));
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

/// Pools over 5, 9 and 13 cells, by three poolings of 5.
class sppf final : public block {
 public:
  explicit sppf(std::int64_t channels) {
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

/// Half the channels pass through attention blocks.
class c2psa final : public block {
 public:
  c2psa(std::int64_t channels, std::int64_t repeats) {
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

/// Holds the layers' names: `model.0` ... `model.23`.
class layer_list final : public torch::nn::Module {};

/// (batch, channels, height, width) -> (batch, height * width, channels), a view when channels-last.
Tensor cells_first(const Tensor& x) {
  return x.permute({0, 2, 3, 1}).reshape({x.size(0), -1, x.size(1)});
}

Tensor upsampled(const Tensor& x) {
  return torch::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
}

} // namespace

class yolo11_net::detect_head final : public torch::nn::Module {
 public:
  static constexpr std::array<std::int64_t, 3> strides{8, 16, 32};

  detect_head(const std::array<std::int64_t, 3>& in, std::int64_t classes) : classes_(classes) {
    const auto box_hidden = std::max({std::int64_t{16}, in[0] / 4, 4 * distance_bins});
    const auto class_hidden = std::max(in[0], std::min<std::int64_t>(classes, 100));
    std::vector<block_ptr> box_branches, class_branches;
    for (auto c : in) {
      box_last_.push_back(std::make_shared<plain_conv>(
          plain_conv::shape{.in = box_hidden, .out = 4 * distance_bins, .bias = true}));
      class_last_.push_back(
          std::make_shared<plain_conv>(plain_conv::shape{.in = class_hidden, .out = classes, .bias = true}));
      box_branches.push_back(std::make_shared<sequence>(std::vector<block_ptr>{
          conv_3x3(c, box_hidden), conv_3x3(box_hidden, box_hidden), box_last_.back()}));
      class_branches.push_back(std::make_shared<sequence>(std::vector<block_ptr>{
          std::make_shared<sequence>(std::vector<block_ptr>{depthwise_3x3(c), conv_1x1(c, class_hidden)}),
          std::make_shared<sequence>(
              std::vector<block_ptr>{depthwise_3x3(class_hidden), conv_1x1(class_hidden, class_hidden)}),
          class_last_.back()}));
    }
    cv2_ = register_module("cv2", std::make_shared<sequence>(std::move(box_branches)));
    cv3_ = register_module("cv3", std::make_shared<sequence>(std::move(class_branches)));
    // Only for the name: the mean over bins is computed by expected_distances.
    dfl_ = register_module("dfl", std::make_shared<layer_list>());
    auto mean = std::make_shared<plain_conv>(plain_conv::shape{.in = distance_bins, .out = 1});
    mean->weight.set_requires_grad(false);
    dfl_->register_module("conv", mean);
  }

  head_output forward(const std::array<Tensor, 3>& levels) {
    std::vector<Tensor> distances, classes;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      distances.push_back(cells_first((*cv2_)[i].forward(levels[i])));
      classes.push_back(cells_first((*cv3_)[i].forward(levels[i])));
    }
    return {torch::cat(distances, 1), torch::cat(classes, 1)};
  }

  void initialise() {
    for (std::size_t i = 0; i < strides.size(); ++i) {
      box_last_[i]->bias.fill_(1.);
      const auto cells = 640. / static_cast<double>(strides[i]);
      class_last_[i]->bias.fill_(std::log(5. / static_cast<double>(classes_) / (cells * cells)));
    }
    for (auto& weight : dfl_->parameters())
      weight.copy_(torch::arange(distance_bins).view_as(weight));
  }

 private:
  std::int64_t classes_;
  std::shared_ptr<sequence> cv2_, cv3_;
  std::shared_ptr<layer_list> dfl_;
  std::vector<std::shared_ptr<plain_conv>> box_last_, class_last_;
};

result<yolo11_scale> scale_of(const student_spec& spec) {
  const auto found = std::find_if(scales.begin(), scales.end(),
                                  [&](const yolo11_scale& s) { return s.name == spec.architecture; });
  if (found == scales.end())
    return fail(ec::invalid_argument, "student: unknown architecture \"" + spec.architecture + "\"",
                "use yolo11n or yolo11p");
  if (spec.classes == 0)
    return fail(ec::invalid_argument, "student: no classes", "name at least one class");
  for (auto pixels : {spec.input_width, spec.input_height})
    if (pixels % 32 != 0 || pixels < 32 || pixels > 4096)
      return fail(ec::invalid_argument, "student: input of " + std::to_string(pixels) + " pixels",
                  "use multiples of 32 from 32 to 4096");
  return *found;
}

anchor_grid make_anchors(std::int64_t input_height, std::int64_t input_width) {
  std::vector<Tensor> centres, strides;
  for (std::int64_t stride : {8, 16, 32}) {
    const auto rows = input_height / stride, columns = input_width / stride;
    const auto y = (torch::arange(rows) + .5).view({rows, 1}).expand({rows, columns});
    const auto x = (torch::arange(columns) + .5).view({1, columns}).expand({rows, columns});
    centres.push_back(torch::stack({x, y}, 2).view({-1, 2}));
    strides.push_back(torch::full({rows * columns, 1}, static_cast<float>(stride)));
  }
  return {torch::cat(centres), torch::cat(strides)};
}

Tensor expected_distances(const Tensor& logits) {
  auto shape = logits.sizes().vec();
  shape.back() = 4;
  shape.push_back(distance_bins);
  const auto bins = torch::arange(distance_bins, logits.options());
  return logits.reshape(shape).softmax(-1).matmul(bins);
}

Tensor boxes_around(const Tensor& centres, const Tensor& distances) {
  const auto sides = distances.chunk(2, -1);
  return torch::cat({centres - sides[0], centres + sides[1]}, -1);
}

yolo11_net::yolo11_net(const yolo11_scale& scale, std::int64_t classes) {
  const auto ch = [&](int channels) {
    const auto scaled = std::min(channels, scale.max_channels) * scale.width;
    return static_cast<std::int64_t>(std::ceil(scaled / 8)) * 8;
  };
  const auto repeats = std::max<std::int64_t>(std::lround(2 * scale.depth), 1);
  const auto c3k2_of = [&](std::int64_t in, int out, bool use_c3k, double expansion = .5) -> block_ptr {
    return std::make_shared<c3k2>(in, ch(out), repeats, use_c3k || scale.c3k_everywhere, expansion);
  };
  const block_ptr none;
  layers_ = {
      conv_3x3(3, ch(64), 2),                     // 0
      conv_3x3(ch(64), ch(128), 2),               // 1
      c3k2_of(ch(128), 256, false, .25),          // 2
      conv_3x3(ch(256), ch(256), 2),              // 3
      c3k2_of(ch(256), 512, false, .25),          // 4: P3
      conv_3x3(ch(512), ch(512), 2),              // 5
      c3k2_of(ch(512), 512, true),                // 6: P4
      conv_3x3(ch(512), ch(1024), 2),             // 7
      c3k2_of(ch(1024), 1024, true),              // 8
      std::make_shared<sppf>(ch(1024)),           // 9
      std::make_shared<c2psa>(ch(1024), repeats), // 10: P5
      none,                                       // 11: upsample
      none,                                       // 12: concatenate with 6
      c3k2_of(ch(1024) + ch(512), 512, false),    // 13
      none,                                       // 14: upsample
      none,                                       // 15: concatenate with 4
      c3k2_of(ch(512) + ch(512), 256, false),     // 16: P3 out
      conv_3x3(ch(256), ch(256), 2),              // 17
      none,                                       // 18: concatenate with 13
      c3k2_of(ch(256) + ch(512), 512, false),     // 19: P4 out
      conv_3x3(ch(512), ch(512), 2),              // 20
      none,                                       // 21: concatenate with 10
      c3k2_of(ch(512) + ch(1024), 1024, true),    // 22: P5 out
  };
  auto names = register_module("model", std::make_shared<layer_list>());
  for (std::size_t i = 0; i < layers_.size(); ++i)
    if (layers_[i])
      names->register_module(std::to_string(i), layers_[i]);
  head_ = std::make_shared<detect_head>(std::array{ch(256), ch(512), ch(1024)}, classes);
  names->register_module("23", head_);
}

head_output yolo11_net::forward(const Tensor& pictures) {
  const auto run = [this](std::size_t first, std::size_t last, Tensor x) {
    for (auto i = first; i <= last; ++i)
      x = layers_[i]->forward(x);
    return x;
  };
  const auto p3 = run(0, 4, pictures), p4 = run(5, 6, p3), p5 = run(7, 10, p4);
  const auto up4 = run(13, 13, torch::cat({upsampled(p5), p4}, 1));
  const auto out3 = run(16, 16, torch::cat({upsampled(up4), p3}, 1));
  const auto out4 = run(19, 19, torch::cat({run(17, 17, out3), up4}, 1));
  const auto out5 = run(22, 22, torch::cat({run(20, 20, out4), p5}, 1));
  return head_->forward({out3, out4, out5});
}

void yolo11_net::initialise(std::uint64_t seed) {
  torch::NoGradGuard no_grad;
  auto generator = torch::make_generator<torch::CPUGeneratorImpl>(seed);
  for (auto& module : modules(false))
    if (auto* layer = module->as<plain_conv>()) {
      const auto bound = 1. / std::sqrt(static_cast<double>(layer->weight[0].numel()));
      layer->weight.uniform_(-bound, bound, generator);
    } else if (auto* norm = module->as<batch_norm>()) {
      norm->weight.fill_(1.);
      norm->bias.zero_();
      norm->running_mean.zero_();
      norm->running_var.fill_(1.);
    }
  head_->initialise();
}

std::vector<named_tensor> yolo11_net::state() const {
  std::vector<named_tensor> all;
  for (const auto& p : named_parameters())
    all.push_back({p.key(), p.value()});
  for (const auto& b : named_buffers())
    all.push_back({b.key(), b.value()});
  return all;
}

void yolo11_net::set_statistics_momentum(double momentum) {
  for (auto& module : modules(false))
    if (auto* norm = module->as<batch_norm>())
      norm->momentum = momentum;
}

void yolo11_net::fold() {
  torch::NoGradGuard no_grad;
  for (auto& module : modules(false))
    if (auto* layer = module->as<conv>())
      layer->fold();
}

} // namespace ecco
