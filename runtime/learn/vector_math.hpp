// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn: functions of a float that become vectors in a loop, as they have no calls and no branches.
// NaN stays NaN.
#pragma once

#include <bit>
#include <cstdint>

#include "runtime/learn/processor_versions.hpp"

namespace ecco {

/// Beyond it, e^x or its reciprocal is no float any more.
inline constexpr float farthest = 86;

ECCO_INLINE float at_least(float z, float least) {
  return z < least ? least : z; // NaN stays
}

ECCO_INLINE float at_most(float z, float most) {
  return z > most ? most : z;
}

/// e^x within 2e-7 of itself. @pre |x| <= farthest
ECCO_INLINE float exponential(float x) {
  // 2^n * e^r with |r| <= ln 2 / 2. Adding 1.5 * 2^23 leaves the nearest integer in the lowest bits.
  const float shifted = x * 1.44269504F + 12582912.F;
  const float n = shifted - 12582912.F;
  const float r = (x - n * .693359375F) + n * 2.12194440e-4F;
  float e = 1.F / 720;
  e = e * r + 1.F / 120;
  e = e * r + 1.F / 24;
  e = e * r + 1.F / 6;
  e = e * r + .5F;
  e = e * r + 1;
  e = e * r + 1;
  const auto power = (std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3f800000U;
  return e * std::bit_cast<float>(power);
}

/// 1 / x within 2e-7 of itself for 1 <= x < 2^125, in half the time of a division: Newton's method, from a first guess
/// that negates the exponent and is wrong by an eighth at most.
ECCO_INLINE float reciprocal(float x) {
  float y = std::bit_cast<float>(0x7ef311c7U - std::bit_cast<std::uint32_t>(x));
  y = y * (2 - x * y);
  y = y * (2 - x * y);
  y = y * (2 - x * y);
  return y;
}

/// @pre |z| <= farthest
ECCO_INLINE float sigmoid(float z) {
  return reciprocal(1 + exponential(-z));
}

/// log(1 + e^z) within 4e-7 of itself. Below -farthest it is 0 but for 1e-37.
ECCO_INLINE float softplus(float z) {
  const float above = z < 0 ? 0 : z;
  const float e = exponential(at_least(z < 0 ? z : -z, -farthest));
  // log(1 + e) / e for 0 <= e <= 1, interpolated at nine points of Chebyshev.
  float ratio = 5.1261019e-3F;
  ratio = ratio * e - 2.9074065e-2F;
  ratio = ratio * e + 7.7516086e-2F;
  ratio = ratio * e - .13602248F;
  ratio = ratio * e + .19076881F;
  ratio = ratio * e - .24835399F;
  ratio = ratio * e + .33318120F;
  ratio = ratio * e - .49999446F;
  ratio = ratio * e + .99999994F;
  return above + e * ratio;
}

} // namespace ecco
