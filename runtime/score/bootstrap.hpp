// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace ecco {

/// What is to be known the error of: its value when each block counts as many times as its weight says, NaN
/// where it has none.
using block_statistic = std::function<double(std::span<const double> weights)>;

/// Standard error of `statistic` by bootstrap: its standard deviation over 100 resamples of the blocks, with
/// a fixed seed. Fewer than two blocks say nothing about the spread: half of the range [0, 1] of a precision,
/// the most that it can be.
double standard_error(std::uint32_t blocks, const block_statistic& statistic);

} // namespace ecco
