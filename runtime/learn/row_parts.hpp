// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn: sees torch. Sources that use it are compiled with OpenMP, by which torch divides loops.
#pragma once

#include <algorithm>
#include <cstdint>

#include <ATen/Parallel.h>

namespace ecco {

/// At most so many parts are made of rows, whatever the number of threads: then sums are the same to the last bit.
inline constexpr std::int64_t most_row_parts = 16;

/// Calls with the number of each part, its first row and the one after its last, from as many threads as torch has.
/// @param values of a row: few values a part are not worth a thread
template <typename F>
void in_row_parts(std::int64_t rows, std::int64_t values, F call) {
  const auto parts = std::clamp<std::int64_t>(rows * values / 16'384, 1, most_row_parts);
  at::parallel_for(0, parts, 1, [&](std::int64_t from, std::int64_t to) {
    for (auto i = from; i < to; ++i)
      call(i, rows * i / parts, rows * (i + 1) / parts);
  });
}

} // namespace ecco
