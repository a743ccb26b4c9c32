// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace ecco {

/// What is to be known the error of: its value when each block counts as many times as its weight says, NaN
/// where it has none.
using block_statistic = std::function<double(std::span<const double> weights)>;

/// The same for several values at once, written in their order.
using block_statistics = std::function<void(std::span<const double> weights, std::span<double> values)>;

/// Standard error of `statistic` by bootstrap: its standard deviation over 100 resamples of the blocks, with
/// a fixed seed. Fewer than two blocks say nothing about the spread: half of the range [0, 1] of a precision,
/// the most that it can be.
double standard_error(std::uint32_t blocks, const block_statistic& statistic);

/// Standard errors of `count` values, all over the same resamples.
std::vector<double> standard_errors(std::uint32_t blocks, std::size_t count,
                                    const block_statistics& statistics);

} // namespace ecco
