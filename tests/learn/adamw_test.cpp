// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "runtime/learn/adamw.hpp"

using namespace ecco;

namespace {

adamw_state a_state(std::int64_t length) {
  torch::manual_seed(5);
  adamw_state s{torch::randn({length}), torch::randn({length}), torch::randn({length}), torch::rand({length}),
                torch::randn({length})};
  // Where nothing was learned, the denominator is epsilon alone.
  s.second_moment[0] = s.gradients[0] = 0;
  return s;
}

double off(const torch::Tensor& is, const torch::Tensor& expected) {
  return ((is - expected).abs() / expected.abs().clamp_min(.1)).max().item<double>();
}

} // namespace

BOOST_AUTO_TEST_SUITE(adamw)

// The rounding of a few operations each, some of them in another order. ultralytics_test.cpp holds the trainer's step
// to Ultralytics' own.
BOOST_AUTO_TEST_CASE(one_pass_is_what_torchs_operations_do) {
  const adamw_step first{.first_decay = .9,
                         .second_decay = .999,
                         .rate = .01,
                         .second_correction = .001,
                         .average_share = .9};
  adamw_step later = first;
  later.gradient_scale = .3;
  later.second_correction = .7;
  later.keep = .999;
  later.average_share = .0001;
  for (const std::int64_t length : {1, 7, 64, 100'003})
    for (auto step : {first, later}) {
      step.decayed = length / 2;
      const auto one_pass = a_state(length), by_torch = a_state(length);
      take_step(one_pass, step);
      take_step_by_torch(by_torch, step);
      BOOST_TEST(off(one_pass.first_moment, by_torch.first_moment) < 1e-5);
      BOOST_TEST(off(one_pass.second_moment, by_torch.second_moment) < 1e-5);
      BOOST_TEST(off(one_pass.values, by_torch.values) < 1e-5);
      BOOST_TEST(off(one_pass.average, by_torch.average) < 1e-5);
    }
}

BOOST_AUTO_TEST_SUITE_END()
