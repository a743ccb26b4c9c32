// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/yolo11_net.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/learn/torch_guard.hpp"

namespace ecco {

namespace {

using torch::Tensor;

Tensor upsampled(const Tensor& x) {
  return torch::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
}

std::int64_t parameters_in(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const auto& p : module.parameters())
    count += p.numel();
  return count;
}

layer_summary summary_of(std::string_view kind, std::int64_t channels, const torch::nn::Module& module) {
  layer_summary out{std::string{kind}, channels, parameters_in(module), 0};
  for (const auto& part : module.modules())
    if (const auto* kernel = part->as<kernel_block>())
      out.multiplications += kernel->multiplications;
  return out;
}

} // namespace

yolo11_net::yolo11_net(const yolo11_variant& variant, std::int64_t classes) {
  const auto ch = [&](int channels) {
    const auto scaled = std::min(channels, variant.max_channels) * variant.width;
    return static_cast<std::int64_t>(std::ceil(scaled / 8)) * 8;
  };
  const auto repeats = std::max<std::int64_t>(std::lround(2 * variant.depth), 1);
  const auto down = [&](int in, int out) { return layer{"Conv", ch(out), conv_3x3(ch(in), ch(out), 2)}; };
  const auto chain = [&](std::int64_t in, int out, bool use_c3k, double expansion = .5) {
    return layer{"C3k2", ch(out), c3k2(in, ch(out), repeats, use_c3k || variant.c3k_everywhere, expansion)};
  };
  const auto up = [&](int channels) { return layer{"Upsample", ch(channels), nullptr}; };
  const auto joined = [&](int a, int b) { return layer{"Concat", ch(a) + ch(b), nullptr}; };
  layers_ = {
      {"Conv", ch(64), conv_3x3(3, ch(64), 2)},      // 0
      down(64, 128),                                 // 1
      chain(ch(128), 256, false, .25),               // 2
      down(256, 256),                                // 3
      chain(ch(256), 512, false, .25),               // 4: P3
      down(512, 512),                                // 5
      chain(ch(512), 512, true),                     // 6: P4
      down(512, 1024),                               // 7
      chain(ch(1024), 1024, true),                   // 8
      {"SPPF", ch(1024), sppf(ch(1024))},            // 9
      {"C2PSA", ch(1024), c2psa(ch(1024), repeats)}, // 10: P5
      up(1024),                                      // 11
      joined(1024, 512),                             // 12: with 6
      chain(ch(1024) + ch(512), 512, false),         // 13
      up(512),                                       // 14
      joined(512, 512),                              // 15: with 4
      chain(ch(512) + ch(512), 256, false),          // 16: P3 out
      down(256, 256),                                // 17
      joined(256, 512),                              // 18: with 13
      chain(ch(256) + ch(512), 512, false),          // 19: P4 out
      down(512, 512),                                // 20
      joined(512, 1024),                             // 21: with 10
      chain(ch(512) + ch(1024), 1024, true),         // 22: P5 out
  };
  head_ = std::make_shared<yolo11_head>(
      yolo11_head::shape{{ch(256), ch(512), ch(1024)}, classes, variant.masks ? ch(256) : 0});
  // Holds the layers' names: `model.0` ... `model.23`.
  auto names = register_module("model", std::make_shared<torch::nn::Module>());
  for (std::size_t i = 0; i < layers_.size(); ++i)
    if (layers_[i].body)
      names->register_module(std::to_string(i), layers_[i].body);
  names->register_module(std::to_string(layers_.size()), head_);
}

head_output yolo11_net::forward(const Tensor& pictures, Tensor* pooled) {
  const auto run = [this](std::size_t first, std::size_t last, Tensor x) {
    for (auto i = first; i <= last; ++i)
      x = layers_[i].body->forward(x);
    return x;
  };
  const auto p3 = run(0, 4, pictures), p4 = run(5, 6, p3), p5 = run(7, 10, p4);
  const auto up4 = run(13, 13, torch::cat({upsampled(p5), p4}, 1));
  const auto out3 = run(16, 16, torch::cat({upsampled(up4), p3}, 1));
  const auto out4 = run(19, 19, torch::cat({run(17, 17, out3), up4}, 1));
  const auto out5 = run(22, 22, torch::cat({run(20, 20, out4), p5}, 1));
  if (pooled)
    *pooled = torch::cat({out3.mean({2, 3}), out4.mean({2, 3}), out5.mean({2, 3})}, 1);
  return head_->forward({out3, out4, out5});
}

void yolo11_net::initialise(std::uint64_t seed) {
  torch::NoGradGuard no_grad;
  auto generator = torch::make_generator<torch::CPUGeneratorImpl>(seed);
  for (auto& module : modules(false))
    if (auto* kernel = module->as<kernel_block>()) {
      const auto bound = 1. / std::sqrt(static_cast<double>(kernel->fan_in()));
      kernel->weight.uniform_(-bound, bound, generator);
    } else if (auto* norm = module->as<batch_norm>()) {
      norm->weight.fill_(1.);
      norm->bias.zero_();
      norm->running_mean.zero_();
      norm->running_var.fill_(1.);
    }
  head_->initialise(generator);
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
    if (auto* folding = module->as<conv>())
      folding->fold();
}

std::vector<layer_summary> yolo11_net::summary() const {
  std::vector<layer_summary> all;
  for (const auto& l : layers_)
    all.push_back(l.body ? summary_of(l.kind, l.channels, *l.body)
                         : layer_summary{std::string{l.kind}, l.channels, 0, 0});
  all.push_back(summary_of(head_->masks() ? "Segment" : "Detect", 0, *head_));
  return all;
}

result<network_summary> summarise(const student_spec& spec) {
  return guarded("network", [&]() -> result<network_summary> {
    const auto variant = variant_of(spec);
    if (!variant)
      return tl::unexpected{variant.error()};
    torch::NoGradGuard no_grad;
    yolo11_net net{*variant, spec.classes};
    net.eval();
    // Multiplications grow with the area: counted on the smallest picture.
    constexpr std::int64_t side = 32;
    net.forward(torch::zeros({1, 3, side, side}));
    const auto larger = std::int64_t{spec.input_width} * spec.input_height / (side * side);
    network_summary out{net.summary(), parameters_in(net), 0, 0, 0};
    out.tensors = std::ssize(net.parameters()) + std::ssize(net.buffers());
    for (auto& l : out.layers) {
      l.multiplications *= larger;
      out.gflops += 2e-9 * static_cast<double>(l.multiplications);
    }
    for (const auto& b : net.named_buffers())
      out.tensors += b.key().ends_with(".running_mean"); // beside it, Ultralytics has a counter
    net.fold();
    out.folded_parameters = parameters_in(net);
    return out;
  });
}

} // namespace ecco
