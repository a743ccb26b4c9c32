// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace ecco {

/// Calls `work(0)` to `work(count - 1)`, each once, on up to `threads` threads of which the caller is one.
/// The work must not throw, and must not mind on which thread and in which order it is done.
template <class Work>
void for_each_index(std::size_t count, unsigned threads, Work work) {
  std::atomic<std::size_t> next = 0;
  auto run = [&] {
    for (std::size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;)
      work(i);
  };
  std::vector<std::jthread> helpers;
  const auto useful = std::min<std::size_t>(threads, count);
  for (std::size_t t = 1; t < useful; ++t)
    helpers.emplace_back(run);
  run();
}

} // namespace ecco
