// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/yolo11_head.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

using torch::Tensor;

constexpr std::array<std::int64_t, 3> strides{8, 16, 32};

/// (batch, channels, height, width) -> (batch, height * width, channels), a view when channels-last.
Tensor cells_first(const Tensor& x) {
  return x.permute({0, 2, 3, 1}).reshape({x.size(0), -1, x.size(1)});
}

block_ptr chain(std::vector<block_ptr> blocks) {
  return std::make_shared<sequence>(std::move(blocks));
}

block_ptr last_conv(std::int64_t in, std::int64_t out) {
  return std::make_shared<plain_conv>(plain_conv::shape{.in = in, .out = out, .bias = true});
}

/// Two 3x3 convolutions of `hidden` channels, then `out` numbers a cell.
block_ptr dense_branch(std::int64_t in, std::int64_t hidden, std::int64_t out) {
  return chain({conv_3x3(in, hidden), conv_3x3(hidden, hidden), last_conv(hidden, out)});
}

/// The same with depthwise convolutions.
block_ptr light_branch(std::int64_t in, std::int64_t hidden, std::int64_t out) {
  return chain({chain({depthwise_3x3(in), conv_1x1(in, hidden)}),
                chain({depthwise_3x3(hidden), conv_1x1(hidden, hidden)}), last_conv(hidden, out)});
}

template <class Make>
std::shared_ptr<sequence> one_a_level(const std::array<std::int64_t, 3>& in, Make make) {
  std::vector<block_ptr> branches;
  for (const auto channels : in)
    branches.push_back(make(channels));
  return std::make_shared<sequence>(std::move(branches));
}

Tensor all_cells(sequence& branches, const std::array<Tensor, 3>& levels) {
  std::vector<Tensor> cells;
  for (std::size_t i = 0; i < levels.size(); ++i)
    cells.push_back(cells_first(branches[i].forward(levels[i])));
  return torch::cat(cells, 1);
}

/// The last convolution of a branch.
kernel_block& last_of(sequence& branches, std::size_t level) {
  auto& branch = *branches[level].as<sequence>();
  return *branch[branch.size() - 1].as<kernel_block>();
}

/// Torch's own start for the bias of a convolution.
void draw_bias(kernel_block& layer, at::Generator& random) {
  const auto bound = 1. / std::sqrt(static_cast<double>(layer.fan_in()));
  layer.bias.uniform_(-bound, bound, random);
}

/// From P3 to the mask prototypes, at twice its size.
class prototypes final : public block {
 public:
  prototypes(std::int64_t in, std::int64_t hidden) {
    cv1_ = register_module("cv1", conv_3x3(in, hidden));
    upsample = register_module("upsample", std::make_shared<doubling_conv>(hidden));
    cv2_ = register_module("cv2", conv_3x3(hidden, hidden));
    cv3_ = register_module("cv3", conv_1x1(hidden, mask_prototypes));
  }

  Tensor forward(const Tensor& x) override {
    return cv3_->forward(cv2_->forward(upsample->forward(cv1_->forward(x))));
  }

  std::shared_ptr<doubling_conv> upsample;

 private:
  block_ptr cv1_, cv2_, cv3_;
};

} // namespace

anchor_grid make_anchors(std::int64_t input_height, std::int64_t input_width, const torch::Device& device) {
  std::vector<Tensor> centres, cell_sizes;
  for (const auto stride : strides) {
    const auto rows = input_height / stride, columns = input_width / stride;
    const auto y = (torch::arange(rows) + .5).view({rows, 1}).expand({rows, columns});
    const auto x = (torch::arange(columns) + .5).view({1, columns}).expand({rows, columns});
    centres.push_back(torch::stack({x, y}, 2).view({-1, 2}));
    cell_sizes.push_back(torch::full({rows * columns, 1}, static_cast<float>(stride)));
  }
  return {torch::cat(centres).to(device), torch::cat(cell_sizes).to(device)};
}

const anchor_grid& anchor_grids::of(input_size size) {
  const auto [at, is_new] = known_.try_emplace({size.height, size.width});
  if (is_new)
    at->second = make_anchors(size.height, size.width, device_);
  return at->second;
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

yolo11_head::yolo11_head(const shape& s) : classes_(s.classes) {
  const auto box_hidden = std::max({std::int64_t{16}, s.in[0] / 4, 4 * distance_bins});
  const auto class_hidden = std::max(s.in[0], std::min<std::int64_t>(s.classes, 100));
  cv2_ = register_module("cv2", one_a_level(s.in, [&](std::int64_t in) {
                           return dense_branch(in, box_hidden, 4 * distance_bins);
                         }));
  cv3_ = register_module(
      "cv3", one_a_level(s.in, [&](std::int64_t in) { return light_branch(in, class_hidden, s.classes); }));
  // Only for the name: the mean over bins is computed by expected_distances.
  auto dfl = register_module("dfl", std::make_shared<torch::nn::Module>());
  auto mean = dfl->register_module(
      "conv", std::make_shared<plain_conv>(plain_conv::shape{.in = distance_bins, .out = 1}));
  mean->weight.set_requires_grad(false);
  mean_of_bins_ = mean->weight;
  if (s.prototype_hidden == 0)
    return;
  const auto mask_hidden = std::max(s.in[0] / 4, mask_prototypes);
  proto_ = register_module("proto", std::make_shared<prototypes>(s.in[0], s.prototype_hidden));
  cv4_ = register_module("cv4", one_a_level(s.in, [&](std::int64_t in) {
                           return dense_branch(in, mask_hidden, mask_prototypes);
                         }));
}

head_output yolo11_head::forward(const std::array<Tensor, 3>& levels) {
  head_output out{all_cells(*cv2_, levels), all_cells(*cv3_, levels), {}, {}};
  if (proto_) {
    out.coefficients = all_cells(*cv4_, levels);
    out.prototypes = proto_->forward(levels[0]);
  }
  return out;
}

void yolo11_head::initialise(at::Generator& random) {
  mean_of_bins_.copy_(torch::arange(distance_bins).view_as(mean_of_bins_));
  for (std::size_t i = 0; i < strides.size(); ++i) {
    last_of(*cv2_, i).bias.fill_(1.);
    const auto cells = 640. / static_cast<double>(strides[i]);
    last_of(*cv3_, i).bias.fill_(std::log(5. / static_cast<double>(classes_) / (cells * cells)));
    if (cv4_)
      draw_bias(last_of(*cv4_, i), random);
  }
  if (proto_)
    draw_bias(*proto_->as<prototypes>()->upsample, random);
}

} // namespace ecco
