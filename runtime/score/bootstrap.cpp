// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace ecco {

namespace {

constexpr int resamples = 100;
constexpr double unknown = 0.5;

/// Welford's running variance.
struct spread {
  int count = 0;
  double mean = 0, squares = 0;

  void add(double value) {
    if (std::isnan(value))
      return;
    const auto off = value - mean;
    mean += off / ++count;
    squares += off * (value - mean);
  }

  double deviation() const { return count < 2 ? unknown : std::sqrt(squares / (count - 1)); }
};

} // namespace

double standard_error(std::uint32_t blocks, const block_statistic& statistic) {
  return standard_errors(blocks, 1, [&](auto weights, auto values) { values[0] = statistic(weights); })[0];
}

std::vector<double> standard_errors(std::uint32_t blocks, std::size_t count,
                                    const block_statistics& statistics) {
  std::vector<double> errors(count, unknown);
  if (blocks < 2)
    return errors;
  std::mt19937 random{20260107};
  std::vector<double> weights(blocks), values(count);
  std::vector<spread> spreads(count);
  for (int i = 0; i < resamples; ++i) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::uint32_t b = 0; b < blocks; ++b)
      weights[random() % blocks] += 1; // not uniform_int_distribution: it differs between libraries
    statistics(weights, values);
    for (std::size_t v = 0; v < count; ++v)
      spreads[v].add(values[v]);
  }
  std::transform(spreads.begin(), spreads.end(), errors.begin(), [](const spread& s) { return s.deviation(); });
  return errors;
}

} // namespace ecco
