// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/Parallel.h>

#include "runtime/learn/norm_silu.hpp"
#include "runtime/learn/yolo11_blocks.hpp"

using namespace ecco;
using torch::Tensor;

namespace {

constexpr double momentum = .03;

/// A layer's inputs, and what comes of them.
struct layer {
  Tensor x, weight, bias, mean, variance, y;
};

layer a_layer(std::vector<std::int64_t> shape, torch::ScalarType type = torch::kFloat) {
  torch::manual_seed(3);
  const auto channels = shape[1];
  layer l;
  // Means far from 0 beside the deviations: sums of squares alone would lose most of their digits.
  l.x = (torch::randn(shape) * torch::rand({channels, 1, 1}) + 8 * torch::randn({channels, 1, 1}))
            .to(type)
            .contiguous(torch::MemoryFormat::ChannelsLast);
  l.weight = torch::rand({channels}) + .5;
  l.bias = torch::randn({channels});
  l.mean = torch::randn({channels});
  l.variance = torch::rand({channels}) + .1;
  for (auto* t : {&l.x, &l.weight, &l.bias})
    t->requires_grad_();
  return l;
}

void run(layer& l, const Tensor& gradient) {
  l.y = norm_silu(l.x, l.weight, l.bias, l.mean, l.variance, momentum, batch_norm::epsilon);
  l.y.backward(gradient.to(l.y.scalar_type()));
}

/// By torch's own operations, in double.
layer by_torch(const layer& of, const Tensor& gradient) {
  layer l;
  l.x = of.x.detach().to(torch::kDouble).requires_grad_();
  l.weight = of.weight.detach().to(torch::kDouble).requires_grad_();
  l.bias = of.bias.detach().to(torch::kDouble).requires_grad_();
  l.mean = of.mean.to(torch::kDouble);
  l.variance = of.variance.to(torch::kDouble);
  l.y = torch::silu(
      torch::batch_norm(l.x, l.weight, l.bias, l.mean, l.variance, true, momentum, batch_norm::epsilon, false));
  l.y.backward(gradient.to(torch::kDouble));
  return l;
}

/// Largest difference, in units of the largest expected value.
double off(const Tensor& is, const Tensor& expected) {
  const auto apart = (is.detach().to(torch::kDouble) - expected.detach()).abs().max().item<double>();
  return apart / std::max(expected.detach().abs().max().item<double>(), 1e-12);
}

void check(std::vector<std::int64_t> shape, torch::ScalarType type, double tolerance, double tolerance_of_sums) {
  auto l = a_layer(shape, type);
  const auto gradient = torch::randn(shape).to(type);
  const auto expected = by_torch(l, gradient);
  run(l, gradient);
  BOOST_TEST(l.y.scalar_type() == type);
  BOOST_TEST(l.y.is_contiguous(torch::MemoryFormat::ChannelsLast));
  BOOST_TEST(off(l.y, expected.y) < tolerance);
  BOOST_TEST(off(l.x.grad(), expected.x.grad()) < tolerance);
  BOOST_TEST(off(l.weight.grad(), expected.weight.grad()) < tolerance_of_sums);
  BOOST_TEST(off(l.bias.grad(), expected.bias.grad()) < tolerance_of_sums);
  BOOST_TEST(off(l.mean, expected.mean) < 1e-6);
  BOOST_TEST(off(l.variance, expected.variance) < 1e-5);
}

const std::vector<std::vector<std::int64_t>> shapes{{1, 1, 1, 2}, {2, 1, 5, 3},   {3, 3, 7, 5},   {8, 16, 40, 40},
                                                    {1, 63, 9, 9}, {2, 64, 8, 8}, {2, 65, 8, 8}, {4, 80, 20, 20},
                                                    {2, 256, 5, 5}, {1, 600, 3, 3}};

} // namespace

BOOST_AUTO_TEST_SUITE(norm_silu_in_one_go)

// The statistics are good to 1e-6; what remains is the rounding of x * gain + offset, where means are 100 deviations
// and more.
BOOST_AUTO_TEST_CASE(is_what_torch_computes_in_double) {
  for (const auto& shape : shapes)
    BOOST_TEST_CONTEXT(shape[0] << "x" << shape[1] << "x" << shape[2] << "x" << shape[3])
      check(shape, torch::kFloat, 1e-4, 1e-4);
}

// The results are rounded to 8 bits: half a unit in the last place is up to 2^-8 of the value. The sums are of the
// rounded input, in float.
BOOST_AUTO_TEST_CASE(in_bf16_only_the_results_are_rounded) {
  for (const auto& shape : shapes)
    BOOST_TEST_CONTEXT(shape[0] << "x" << shape[1] << "x" << shape[2] << "x" << shape[3])
      check(shape, torch::kBFloat16, 1. / 256 + 1e-4, 1e-4);
}

BOOST_AUTO_TEST_CASE(features_in_another_order_are_taken_as_well) {
  auto l = a_layer({2, 24, 6, 10});
  const auto gradient = torch::randn({2, 24, 6, 10});
  const auto expected = by_torch(l, gradient);
  l.x = l.x.detach().contiguous().requires_grad_();
  run(l, gradient);
  BOOST_TEST(off(l.y, expected.y) < 1e-4);
  BOOST_TEST(off(l.x.grad(), expected.x.grad()) < 1e-4);
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_does_not_change_a_bit) {
  const auto threads_before = at::get_num_threads();
  const auto gradient = torch::randn({8, 16, 64, 64});
  auto one = a_layer({8, 16, 64, 64}), three = a_layer({8, 16, 64, 64});
  at::set_num_threads(1);
  run(one, gradient);
  at::set_num_threads(3);
  run(three, gradient);
  at::set_num_threads(threads_before);
  BOOST_TEST(torch::equal(one.y, three.y));
  BOOST_TEST(torch::equal(one.x.grad(), three.x.grad()));
  BOOST_TEST(torch::equal(one.weight.grad(), three.weight.grad()));
  BOOST_TEST(torch::equal(one.variance, three.variance));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_number_is_not_hidden) {
  for (const auto type : {torch::kFloat, torch::kBFloat16}) {
    auto l = a_layer({2, 4, 8, 8}, type);
    {
      const torch::NoGradGuard no_grad;
      l.x.index_put_({0, 2, 3, 3}, std::numeric_limits<float>::quiet_NaN());
    }
    run(l, torch::ones({2, 4, 8, 8}));
    for (std::int64_t c = 0; c < 4; ++c)
      BOOST_TEST(l.y.select(1, c).isnan().any().item<bool>() == (c == 2));
    BOOST_TEST(std::isnan(l.bias.grad()[2].item<float>()));
  }
}

BOOST_AUTO_TEST_CASE(silu_is_right_for_every_value_of_bf16) {
  auto all = torch::arange(0, 65'536, torch::kInt32).to(torch::kInt16).view(torch::kBFloat16);
  all = all.index({all.isfinite()});
  const auto expected = torch::silu(all.to(torch::kDouble));
  auto is = all.clone();
  silu_in_place(is);
  // Below -86 the true value is under 1e-35, and so is ours.
  const auto allowed = expected.abs() / 256 + 1e-35;
  BOOST_TEST(((is.to(torch::kDouble) - expected).abs() <= allowed).all().item<bool>());
}

BOOST_AUTO_TEST_CASE(silu_in_float_is_right_to_seven_digits) {
  for (const auto most : {1., 20., 200.}) {
    const auto x = torch::linspace(-most, most, 200'001);
    const auto expected = torch::silu(x.to(torch::kDouble));
    auto is = x.clone();
    silu_in_place(is);
    BOOST_TEST(((is.to(torch::kDouble) - expected).abs() <= expected.abs() * 1e-6 + 1e-33).all().item<bool>());
  }
}

BOOST_AUTO_TEST_SUITE_END()
