// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/adamw.hpp"

#include <cmath>

#include <ATen/Parallel.h>

#include "runtime/learn/processor_versions.hpp"

namespace ecco {

namespace {

struct factors {
  factors(const adamw_step& s, double keep_)
      : gradient{static_cast<float>(s.gradient_scale)}, first{static_cast<float>(1 - s.first_decay)},
        second_kept{static_cast<float>(s.second_decay)}, second{static_cast<float>(1 - s.second_decay)},
        rate{static_cast<float>(s.rate)}, root{static_cast<float>(1 / std::sqrt(s.second_correction))},
        keep{static_cast<float>(keep_)}, average{static_cast<float>(s.average_share)} {}

  float gradient, first, second_kept, second, rate, root, keep, average;
};

struct pointers {
  explicit pointers(const adamw_state& s, std::int64_t from)
      : values{s.values.data_ptr<float>() + from}, average{s.average.data_ptr<float>() + from},
        first{s.first_moment.data_ptr<float>() + from}, second{s.second_moment.data_ptr<float>() + from},
        gradients{s.gradients.data_ptr<float>() + from} {}

  float *values, *average, *first, *second;
  const float* gradients;
};

ECCO_FOR_EACH_PROCESSOR void step_through(const pointers& of, std::int64_t count, const factors& by) {
  auto *__restrict values = of.values, *__restrict average = of.average, *__restrict first = of.first,
       *__restrict second = of.second;
  const auto f = by;
  for (std::int64_t i = 0; i < count; ++i) {
    const float gradient = of.gradients[i] * f.gradient;
    first[i] += (gradient - first[i]) * f.first;
    second[i] = second[i] * f.second_kept + gradient * gradient * f.second;
    values[i] = values[i] * f.keep
                - f.rate * first[i] / (std::sqrt(second[i]) * f.root + static_cast<float>(adamw_step::epsilon));
    average[i] += (values[i] - average[i]) * f.average;
  }
}

} // namespace

void take_step(const adamw_state& state, const adamw_step& step) {
  if (!state.values.is_cpu())
    return take_step_by_torch(state, step);
  const auto through = [&](std::int64_t begin, std::int64_t end, double keep) {
    const factors by{step, keep};
    at::parallel_for(begin, end, 1 << 16, [&](std::int64_t from, std::int64_t to) {
      step_through(pointers{state, from}, to - from, by);
    });
  };
  through(0, step.decayed, step.keep);
  through(step.decayed, state.values.numel(), 1);
}

void take_step_by_torch(const adamw_state& s, const adamw_step& step) {
  torch::NoGradGuard no_grad;
  auto gradients = s.gradients;
  if (step.gradient_scale != 1)
    gradients.mul_(step.gradient_scale);
  auto first = s.first_moment, second = s.second_moment, values = s.values, average = s.average;
  first.lerp_(gradients, 1 - step.first_decay);
  second.mul_(step.second_decay).addcmul_(gradients, gradients, 1 - step.second_decay);
  // The gradient has served: its memory becomes the denominator.
  const auto denominator =
      torch::sqrt_out(gradients, second).div_(std::sqrt(step.second_correction)).add_(adamw_step::epsilon);
  values.narrow(0, 0, step.decayed).mul_(step.keep);
  values.addcdiv_(first, denominator, -step.rate);
  average.lerp_(values, step.average_share);
}

} // namespace ecco
