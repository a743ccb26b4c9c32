// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/flat_state.hpp"

namespace ecco {

namespace {

using torch::Tensor;

/// Every tensor begins on a line of 256 bytes: vectorised kernels, those of CUDA above all, need or like that.
constexpr std::int64_t line = 64;

bool is_convolution_weight(const Tensor& parameter) {
  return parameter.dim() == 4;
}

} // namespace

flat_state::flat_state(yolo11_net& net, const torch::Device& device) {
  torch::NoGradGuard no_grad;
  std::vector<Tensor> tensors;
  std::int64_t size = 0;
  const auto append = [&](const std::string& name, const Tensor& tensor) {
    slots_.push_back({name, tensor.sizes().vec(), tensor.strides().vec(), size});
    tensors.push_back(tensor);
    size += (tensor.numel() + line - 1) / line * line;
  };
  const auto parameters = net.named_parameters();
  for (const auto& p : parameters)
    if (p.value().requires_grad() && is_convolution_weight(p.value()))
      append(p.key(), p.value());
  decayed = size;
  for (const auto& p : parameters)
    if (p.value().requires_grad() && !is_convolution_weight(p.value()))
      append(p.key(), p.value());
  trained = size;
  for (const auto& b : net.named_buffers())
    append(b.key(), b.value());

  values = torch::zeros({size}, device); // zero between the tensors, for ever: no gradient reaches there
  gradients = torch::zeros({trained}, device);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto mine = view(values, slots_[i]);
    mine.copy_(tensors[i]);
    tensors[i].set_data(mine);
    if (slots_[i].offset < trained)
      tensors[i].mutable_grad() = view(gradients, slots_[i]);
  }
}

std::vector<named_tensor> flat_state::view(const Tensor& flat) const {
  std::vector<named_tensor> all;
  for (const auto& s : slots_)
    all.push_back({s.name, view(flat, s)});
  return all;
}

Tensor flat_state::view(const Tensor& flat, const slot& at) const {
  return flat.as_strided(at.sizes, at.strides, at.offset);
}

} // namespace ecco
