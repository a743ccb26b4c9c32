// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/optimus_curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecco {

namespace {

/// A loss of less than this counts as this: a perfect reading has no reciprocal.
constexpr double least_loss = 1e-3;

struct fit {
  optimus_curve curve;
  double error = std::numeric_limits<double>::infinity();
};

double square(double x) {
  return x * x;
}

double squared_error(const optimus_curve& curve, std::span<const curve_point> points) {
  double sum = 0;
  for (const auto& point : points)
    sum += square(curve.at(point.amount) - point.accuracy);
  return sum;
}

/// Least squares of y = b0 k + b1 with b0 >= 0 and b1 >= 1: of two variables, the best within bounds is the
/// best without them or lies on one.
fit fit_line(double b2, std::span<const curve_point> points) {
  double w = 0, wk = 0, wkk = 0, wy = 0, wky = 0;
  for (const auto& [k, accuracy] : points) {
    const auto loss = std::max(1 - accuracy - b2, least_loss);
    const auto y = 1 / loss, weight = square(square(loss)); // a small error of y is loss^-2 of it in accuracy
    w += weight;
    wk += weight * k;
    wkk += weight * k * k;
    wy += weight * y;
    wky += weight * k * y;
  }
  const auto determinant = w * wkk - wk * wk;
  auto b0 = determinant > 0 ? (w * wky - wk * wy) / determinant : 0;
  auto b1 = (wy - b0 * wk) / w;
  if (b0 < 0) {
    b0 = 0;
    b1 = wy / w;
  }
  if (b1 < 1) {
    b1 = 1;
    b0 = wkk > 0 ? std::max(0.0, (wky - wk) / wkk) : 0;
  }
  fit out{{b0, b1, b2}, 0};
  out.error = squared_error(out.curve, points);
  return out;
}

} // namespace

double optimus_curve::at(double amount) const {
  return std::clamp(1 - (1 / (b0 * amount + b1) + b2), 0.0, 1.0);
}

std::optional<optimus_curve> fit_optimus(std::span<const curve_point> points) {
  if (points.size() < 2)
    return std::nullopt;
  double least = 1;
  for (const auto& [amount, accuracy] : points) {
    if (!std::isfinite(amount) || amount < 0 || !std::isfinite(accuracy))
      return std::nullopt;
    least = std::min(least, 1 - std::clamp(accuracy, 0.0, 1.0));
  }
  constexpr int steps = 32, rounds = 4;
  double from = 0, to = std::max(0.0, least - least_loss);
  fit best;
  for (int round = 0; round < rounds; ++round) {
    const auto step = (to - from) / steps;
    for (int i = 0; i <= steps; ++i)
      if (auto tried = fit_line(from + i * step, points); tried.error < best.error)
        best = tried;
    from = std::max(0.0, best.curve.b2 - step);
    to = std::min(to, best.curve.b2 + step);
  }
  return best.curve;
}

} // namespace ecco
