// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/learn/softplus_sum.hpp"

using namespace ecco;
using torch::Tensor;

namespace {

/// The binary cross entropy with targets of 0, in double, and its gradient.
struct exact {
  exact(const Tensor& logits, const Tensor& weights) {
    const auto z = logits.detach().to(torch::kDouble).requires_grad_();
    const auto entropy =
        torch::binary_cross_entropy_with_logits(z, torch::zeros_like(z), {}, {}, torch::Reduction::None);
    sum = (entropy * weights.to(torch::kDouble).unsqueeze(-1)).sum();
    sum.backward();
    gradient = z.grad();
  }

  Tensor sum, gradient;
};

} // namespace

BOOST_AUTO_TEST_SUITE(softplus_sums)

BOOST_AUTO_TEST_CASE(are_the_cross_entropy_of_background) {
  torch::manual_seed(4);
  for (const std::int64_t classes : {1, 2, 15, 16, 17, 80}) {
    const auto z = (torch::randn({3, 50, classes}) * 6 - 4).requires_grad_();
    const auto weights = torch::rand({3, 50}).round();
    const exact expected{z, weights};
    const auto sum = softplus_sum(z, weights);
    sum.backward();
    BOOST_TEST(sum.item<double>() == expected.sum.item<double>(), boost::test_tools::tolerance(1e-6));
    BOOST_TEST((z.grad() - expected.gradient).abs().max().item<double>() < 1e-6);
    const auto by_torch = [&](const Tensor& w) { return softplus_sum_by_torch(z, w).item<double>(); };
    BOOST_TEST(by_torch(weights) == expected.sum.item<double>(), boost::test_tools::tolerance(1e-5));
    const auto all = softplus_sum(z, {}).item<double>();
    BOOST_TEST(all == softplus_sum(z, torch::ones({3, 50})).item<double>());
    BOOST_TEST(all == by_torch({}), boost::test_tools::tolerance(1e-5));
  }
}

// A network that is sure has logits far from 0: the smallest of the sums must keep their digits, too.
BOOST_AUTO_TEST_CASE(keep_seven_digits_for_every_logit) {
  const auto sum_of = [](float z) { return softplus_sum(torch::full({1, 1}, z), {}).item<float>(); };
  for (float z = -85; z < 85; z += .0625F) {
    const auto expected = std::max(double{z}, 0.) + std::log1p(std::exp(-std::abs(double{z})));
    BOOST_TEST(double{sum_of(z)} == expected, boost::test_tools::tolerance(1e-6));
  }
  BOOST_TEST(sum_of(-1e30F) < 1e-36F);
  BOOST_TEST(sum_of(1e30F) == 1e30F);
  BOOST_TEST(std::isinf(sum_of(std::numeric_limits<float>::infinity())));
  BOOST_TEST(std::isnan(sum_of(std::numeric_limits<float>::quiet_NaN())));
}

BOOST_AUTO_TEST_SUITE_END()
