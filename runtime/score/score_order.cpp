// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/score_order.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace ecco {

namespace {

/// Below this many, comparing is faster than counting.
constexpr std::size_t worth_counting = 256;

constexpr std::size_t digits = 8, values = 256;

std::size_t digit(std::uint64_t key, std::size_t d) {
  return key >> (8 * d) & (values - 1);
}

/// A number that rises as the score falls. The bits of doubles of one sign are ordered as they are.
std::uint64_t falling_key(double score) {
  const auto bits = std::bit_cast<std::uint64_t>(score + 0.0); // -0 becomes 0: they are equal
  constexpr auto sign = std::uint64_t{1} << 63;
  return bits & sign ? bits : ~(bits | sign);
}

/// Radix sort, from the lowest digit to the highest; digits that are the same in all keys are skipped, as are
/// most of those of scores that were floats once.
void radix_sort(std::vector<scored>& items) {
  std::array<std::array<std::uint32_t, values>, digits> counts{};
  for (const auto& i : items)
    for (std::size_t d = 0; d < digits; ++d)
      ++counts[d][digit(falling_key(i.score), d)];
  std::vector<scored> sorted(items.size());
  for (std::size_t d = 0; d < digits; ++d) {
    auto& places = counts[d];
    if (places[digit(falling_key(items.front().score), d)] == items.size())
      continue;
    std::uint32_t next = 0;
    for (auto& p : places)
      p = std::exchange(next, next + p);
    for (const auto& i : items)
      sorted[places[digit(falling_key(i.score), d)]++] = i;
    items.swap(sorted);
  }
}

} // namespace

void sort_by_falling_score(std::vector<scored>& items) {
  if (items.size() < worth_counting)
    std::stable_sort(items.begin(), items.end(),
                     [](const scored& a, const scored& b) { return a.score > b.score; });
  else
    radix_sort(items);
}

} // namespace ecco
