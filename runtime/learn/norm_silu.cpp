// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/norm_silu.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/learn/norm_silu_kernels.hpp"
#include "runtime/learn/row_parts.hpp"

namespace ecco {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <typename T>
T* data_of(const Tensor& x) {
  return static_cast<T*>(x.data_ptr());
}

template <typename T>
feature_rows<const T> rows_of(const Tensor& x) {
  return {data_of<const T>(x), x.numel() / x.size(1), x.size(1)};
}

/// Calls with a value of the type that the features have.
template <typename F>
auto with_type_of(const Tensor& x, F call) {
  return x.scalar_type() == torch::kBFloat16 ? call(bf16{}) : call(float{});
}

template <typename T>
channel_moments moments_in_parts(const Tensor& x) {
  const auto rows = rows_of<T>(x);
  std::vector<channel_moments> of_part(most_row_parts);
  in_row_parts(rows.count, rows.channels, [&](auto i, auto from, auto to) {
    of_part[static_cast<std::size_t>(i)] = moments_of(rows.part(from, to));
  });
  channel_moments all;
  for (const auto& part : of_part)
    all.join(part);
  return all;
}

std::vector<float> floats_of(const Tensor& x) {
  const auto flat = x.to(torch::kFloat).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

Tensor tensor_of(const std::vector<float>& values) {
  return torch::tensor(values, torch::kFloat);
}

/// What the backward pass knows of the forward pass beside the features.
struct normalisation {
  channel_scale scale;
  std::vector<float> mean;
  std::vector<float> inverse_deviation;
};

normalisation from_moments(const channel_moments& moments, const Tensor& weight, const Tensor& bias, double epsilon) {
  const auto gains = floats_of(weight), offsets = floats_of(bias);
  normalisation made;
  for (std::size_t c = 0; c < gains.size(); ++c) {
    const auto inverse = 1 / std::sqrt(moments.squares[c] / static_cast<double>(moments.rows) + epsilon);
    made.mean.push_back(static_cast<float>(moments.mean[c]));
    made.inverse_deviation.push_back(static_cast<float>(inverse));
    made.scale.gain.push_back(static_cast<float>(gains[c] * inverse));
    made.scale.offset.push_back(static_cast<float>(offsets[c] - gains[c] * inverse * moments.mean[c]));
  }
  return made;
}

/// With the unbiased variance, as torch does.
void move_statistics(const channel_moments& moments, Tensor mean, Tensor variance, double momentum) {
  auto* means = mean.data_ptr<float>();
  auto* variances = variance.data_ptr<float>();
  const auto others = static_cast<double>(std::max<std::int64_t>(moments.rows - 1, 1));
  for (std::size_t c = 0; c < moments.mean.size(); ++c) {
    means[c] = static_cast<float>((1 - momentum) * means[c] + momentum * moments.mean[c]);
    variances[c] = static_cast<float>((1 - momentum) * variances[c] + momentum * moments.squares[c] / others);
  }
}

template <typename T>
void write_silu(const Tensor& x, const channel_scale& scale, Tensor& y) {
  const auto rows = rows_of<T>(x);
  auto* to = data_of<T>(y);
  in_row_parts(rows.count, rows.channels, [&](auto, auto from, auto until) {
    scaled_silu(rows.part(from, until), scale, to + from * rows.channels);
  });
}

template <typename T>
gradient_sums sums_in_parts(const Tensor& x, const Tensor& gradient, const normalisation& n) {
  const auto rows = rows_of<T>(x);
  const auto* from_y = data_of<const T>(gradient);
  std::vector<gradient_sums> of_part(most_row_parts);
  in_row_parts(rows.count, rows.channels, [&](auto i, auto from, auto to) {
    of_part[static_cast<std::size_t>(i)] =
        sum_gradient(rows.part(from, to), from_y + from * rows.channels, n.scale, n.mean);
  });
  auto all = of_part.front();
  for (std::size_t i = 1; i < of_part.size() && !of_part[i].of_z.empty(); ++i)
    all.join(of_part[i]);
  return all;
}

template <typename T>
void write_gradient(const Tensor& x, const Tensor& gradient, const normalisation& n, const gradient_line& line,
                    Tensor& to) {
  const auto rows = rows_of<T>(x);
  const auto* from_y = data_of<const T>(gradient);
  auto* out = data_of<T>(to);
  in_row_parts(rows.count, rows.channels, [&](auto, auto from, auto until) {
    const auto at = from * rows.channels;
    pass_gradient(rows.part(from, until), from_y + at, n.scale, n.mean, line, out + at);
  });
}

struct norm_silu_function : torch::autograd::Function<norm_silu_function> {
  static Tensor forward(AutogradContext* context, const Tensor& features, const Tensor& weight, const Tensor& bias,
                        const Tensor& running_mean, const Tensor& running_var, double momentum, double epsilon) {
    const auto x = features.contiguous(torch::MemoryFormat::ChannelsLast);
    auto y = torch::empty_like(x);
    normalisation n;
    with_type_of(x, [&](auto type) {
      const auto moments = moments_in_parts<decltype(type)>(x);
      n = from_moments(moments, weight, bias, epsilon);
      move_statistics(moments, running_mean, running_var, momentum);
      write_silu<decltype(type)>(x, n.scale, y);
    });
    context->save_for_backward(
        {x, tensor_of(n.scale.gain), tensor_of(n.scale.offset), tensor_of(n.mean), tensor_of(n.inverse_deviation)});
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto& x = saved[0];
    const auto gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const normalisation n{{floats_of(saved[1]), floats_of(saved[2])}, floats_of(saved[3]), floats_of(saved[4])};
    auto of_x = torch::empty_like(x);
    const auto channels = n.mean.size();
    std::vector<float> of_weight(channels), of_bias(channels);
    with_type_of(x, [&](auto type) {
      const auto sums = sums_in_parts<decltype(type)>(x, gradient, n);
      const auto rows = static_cast<double>(x.numel()) / static_cast<double>(channels);
      gradient_line line{std::vector<float>(channels), std::vector<float>(channels)};
      for (std::size_t c = 0; c < channels; ++c) {
        const double inverse = n.inverse_deviation[c], gain = n.scale.gain[c];
        of_bias[c] = static_cast<float>(sums.of_z[c]);
        of_weight[c] = static_cast<float>(sums.of_z_times_x[c] * inverse);
        line.constant[c] = static_cast<float>(gain * sums.of_z[c] / rows);
        line.slope[c] = static_cast<float>(gain * inverse * inverse * sums.of_z_times_x[c] / rows);
      }
      write_gradient<decltype(type)>(x, gradient, n, line, of_x);
    });
    return {of_x, tensor_of(of_weight), tensor_of(of_bias), {}, {}, {}, {}};
  }
};

} // namespace

bool norm_silu_takes(const Tensor& x) {
  return x.is_cpu() && (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16);
}

Tensor norm_silu(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                 const Tensor& running_var, double momentum, double epsilon) {
  return norm_silu_function::apply(x, weight, bias, running_mean, running_var, momentum, epsilon);
}

void silu_in_place(Tensor& x) {
  // The order of values does not matter: all channels have one scale.
  const channel_scale as_it_is{{1.F}, {0.F}};
  with_type_of(x, [&](auto type) {
    using T = decltype(type);
    auto* values = data_of<T>(x);
    in_row_parts(x.numel(), 1, [&](auto, auto from, auto to) {
      scaled_silu(feature_rows<const T>{values + from, to - from, 1}, as_it_is, values + from);
    });
  });
}

} // namespace ecco
