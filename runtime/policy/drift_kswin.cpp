// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/drift_kswin.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace ecco {

namespace {

/// A significant difference smaller than this is still none.
constexpr double least_distance = 0.1;

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

change kswin::add(double value) {
  if (over_)
    reset();
  window_.push_back(value);
  if (window_.size() > options_.window)
    window_.pop_front();
  if (window_.size() < options_.window)
    return change::none;
  auto older = draw_older();
  std::vector<double> newest(window_.end() - static_cast<long>(options_.recent), window_.end());
  std::sort(older.begin(), older.end());
  std::sort(newest.begin(), newest.end());
  const auto steps = ks_steps(older, newest);
  const auto distance = static_cast<double>(steps) / options_.recent;
  p_value_ = ks_p_value(options_.recent, steps);
  over_ = p_value_ <= options_.alpha && distance > least_distance;
  // On the scale of the exponent, where evidence adds up.
  score_ = over_ ? 1 : std::min(std::log(p_value_) / std::log(options_.alpha), 1.0);
  if (!over_)
    return change::none;
  return mean(newest) < mean(older) ? change::fall : change::rise;
}

void kswin::reset() {
  *this = kswin{options_};
}

std::vector<double> kswin::draw_older() {
  // The first steps of a Fisher-Yates shuffle.
  std::vector<double> from(window_.begin(), window_.end() - static_cast<long>(options_.recent));
  for (std::size_t i = 0; i < options_.recent; ++i)
    std::swap(from[i], from[i + below(random_, from.size() - i)]);
  from.resize(options_.recent);
  return from;
}

std::uint32_t ks_steps(const std::vector<double>& a, const std::vector<double>& b) {
  std::size_t i = 0, j = 0, most = 0;
  while (i < a.size() && j < b.size()) {
    const auto at = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= at)
      ++i;
    while (j < b.size() && b[j] <= at)
      ++j;
    most = std::max(most, i > j ? i - j : j - i);
  }
  return static_cast<std::uint32_t>(most);
}

double ks_p_value(std::uint32_t n, std::uint32_t steps) {
  if (steps == 0)
    return 1;
  // Paths of 2n steps that reach height k * steps, over all that return to 0, with alternating sign.
  double sum = 0, sign = 1;
  for (std::uint32_t height = steps; height <= n; height += steps, sign = -sign) {
    const double all = n, h = height;
    sum += sign * std::exp(2 * std::lgamma(all + 1) - std::lgamma(all - h + 1) - std::lgamma(all + h + 1));
  }
  return std::clamp(2 * sum, 0.0, 1.0);
}

} // namespace ecco
