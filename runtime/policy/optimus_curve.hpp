// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace ecco {

/// A measured accuracy, in [0, 1], after training for `amount` >= 0 in any unit (here micro-windows).
struct curve_point {
  double amount = 0, accuracy = 0;
};

/// The learning curve of Optimus that Ekya extrapolates with: `1 - (1 / (b0 k + b1) + b2)`, all b >= 0 and b1
/// >= 1, so that accuracy never falls with training and stays in [0, 1].
struct optimus_curve {
  double b0 = 0, b1 = 1, b2 = 0;

  double at(double amount) const;
};

/// Non-negative least squares: for each of a row of b2, `1 / (1 - accuracy - b2)` is linear in the amount,
/// weighted so that errors count as errors of accuracy; the b2 that leaves the smallest ones is refined. A
/// curve that does not rise is flat.
/// @returns nothing for fewer than two points, or any that is not finite
std::optional<optimus_curve> fit_optimus(std::span<const curve_point> points);

} // namespace ecco
