// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <string_view>

namespace ecco {

/// The one source of randomness. Handed down from main; the standard fixes its output, unlike that of the
/// standard distributions, which is why `uniform` and `below` stand here.
using random_engine = std::mt19937_64;

/// A round of SplitMix64: every bit of the outcome depends on every bit of `z`.
constexpr std::uint64_t split_mix(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// The seed for one purpose out of the seed of the whole run: "grouper", "camera north_gate". Purposes do not
/// disturb each other, so that a draw more in one place changes nothing in another. The same on every
/// machine and in every version: FNV-1a of `purpose`, mixed with `seed` by two rounds of SplitMix64.
constexpr std::uint64_t seed_for(std::uint64_t seed, std::string_view purpose) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : purpose)
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return split_mix(split_mix(seed) ^ hash);
}

/// A number in [0, 1), all multiples of 2^-53 equally likely.
inline double uniform(random_engine& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

/// A whole number in [0, `limit`), all equally likely.
/// @pre limit > 0
inline std::uint64_t below(random_engine& random, std::uint64_t limit) {
  // Draws beyond the last full multiple of `limit` would favour small numbers.
  const auto excess = (std::numeric_limits<std::uint64_t>::max() % limit + 1) % limit;
  auto drawn = random();
  while (drawn > std::numeric_limits<std::uint64_t>::max() - excess)
    drawn = random();
  return drawn % limit;
}

} // namespace ecco
