// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/softplus_sum.hpp"

#include <numeric>
#include <vector>

#include "runtime/learn/row_parts.hpp"
#include "runtime/learn/vector_math.hpp"

namespace ecco {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

ECCO_FOR_EACH_PROCESSOR float sum_of_row(const float* z, std::int64_t count) {
  constexpr int lanes = 16;
  float sums[lanes] = {};
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int lane = 0; lane < lanes; ++lane)
      sums[lane] += softplus(z[i + lane]);
  for (; i < count; ++i)
    sums[i % lanes] += softplus(z[i]);
  return std::accumulate(sums, sums + lanes, 0.F);
}

ECCO_FOR_EACH_PROCESSOR void slopes_of_row(const float* z, std::int64_t count, float scale, float* to) {
  for (std::int64_t i = 0; i < count; ++i)
    to[i] = scale * sigmoid(at_most(at_least(z[i], -farthest), farthest));
}

struct softplus_sum_function : torch::autograd::Function<softplus_sum_function> {
  static Tensor forward(AutogradContext* context, const Tensor& logits, const Tensor& weights) {
    const auto z = logits.contiguous();
    const auto classes = z.size(-1), rows = z.numel() / classes;
    const auto* values = z.data_ptr<float>();
    const auto* weight = weights.data_ptr<float>();
    std::vector<double> sums(most_row_parts);
    in_row_parts(rows, classes, [&](auto part, auto from, auto to) {
      for (auto row = from; row < to; ++row)
        sums[static_cast<std::size_t>(part)] += double{weight[row]} * sum_of_row(values + row * classes, classes);
    });
    context->save_for_backward({z, weights});
    return torch::scalar_tensor(std::accumulate(sums.begin(), sums.end(), 0.), logits.options());
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto& z = saved[0];
    const auto scale = gradients[0].item<float>();
    const auto classes = z.size(-1);
    auto slopes = torch::empty_like(z);
    const auto *values = z.data_ptr<float>(), *weight = saved[1].data_ptr<float>();
    auto* to = slopes.data_ptr<float>();
    in_row_parts(z.numel() / classes, classes, [&](auto, auto from, auto until) {
      for (auto row = from; row < until; ++row)
        slopes_of_row(values + row * classes, classes, scale * weight[row], to + row * classes);
    });
    return {slopes, {}};
  }
};

} // namespace

Tensor softplus_sum(const Tensor& logits, const Tensor& weights) {
  if (!logits.is_cpu())
    return softplus_sum_by_torch(logits, weights);
  const auto rows = logits.sizes().slice(0, static_cast<std::size_t>(logits.dim() - 1));
  return softplus_sum_function::apply(logits, weights.defined() ? weights.contiguous()
                                                                : torch::ones(rows, logits.options()));
}

Tensor softplus_sum_by_torch(const Tensor& logits, const Tensor& weights) {
  const auto of_each = torch::log_sigmoid(-logits);
  return -(weights.defined() ? of_each * weights.unsqueeze(-1) : of_each).sum();
}

} // namespace ecco
