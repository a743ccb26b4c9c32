// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace ecco {

double standard_error(std::uint32_t blocks, const block_statistic& statistic) {
  constexpr int resamples = 100;
  constexpr double unknown = 0.5;
  if (blocks < 2)
    return unknown;
  std::mt19937 random{20260107};
  std::vector<double> weights(blocks);
  int defined = 0;
  double mean = 0, squares = 0; // Welford
  for (int i = 0; i < resamples; ++i) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::uint32_t b = 0; b < blocks; ++b)
      weights[random() % blocks] += 1; // not uniform_int_distribution: it differs between libraries
    const auto value = statistic(weights);
    if (std::isnan(value))
      continue;
    const auto off = value - mean;
    mean += off / ++defined;
    squares += off * (value - mean);
  }
  return defined < 2 ? unknown : std::sqrt(squares / (defined - 1));
}

} // namespace ecco
