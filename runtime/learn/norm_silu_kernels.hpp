// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests. Batch normalisation and SiLU in one go over features as they lie in memory
// channels-last: rows of channels, one row a cell of a picture.
#pragma once

#include <cstdint>
#include <vector>

namespace ecco {

/// The upper half of a float.
struct bf16 {
  std::uint16_t bits;
};

/// `count` rows of `channels` values each, one after another.
template <typename T>
struct feature_rows {
  T* first;
  std::int64_t count, channels;

  feature_rows part(std::int64_t from, std::int64_t to) const { return {first + from * channels, to - from, channels}; }
};

/// Mean and sum of squared deviations of every channel.
struct channel_moments {
  std::int64_t rows = 0;
  std::vector<double> mean, squares;

  /// As if both had been one set of rows (Chan et al. 1979).
  void join(const channel_moments& other);
};

/// z = x * gain + offset, a channel each.
struct channel_scale {
  std::vector<float> gain, offset;
};

/// Sums over the rows of the gradient at z, and of its product with x - mean.
struct gradient_sums {
  std::vector<double> of_z, of_z_times_x;

  void join(const gradient_sums& other);
};

/// What of x and of the gradient at z makes the gradient at x: gain * dz - constant - (x - mean) * slope.
struct gradient_line {
  std::vector<float> constant, slope;
};

// Each for T = float and T = bf16; computed in float. NaN stays NaN.
template <typename T>
channel_moments moments_of(feature_rows<const T> x);

/// y = SiLU(x * gain + offset); y may be x.
template <typename T>
void scaled_silu(feature_rows<const T> x, const channel_scale& scale, T* y);

template <typename T>
gradient_sums sum_gradient(feature_rows<const T> x, const T* gradient, const channel_scale& scale,
                           const std::vector<float>& mean);

/// The gradient at x, of that at y.
template <typename T>
void pass_gradient(feature_rows<const T> x, const T* gradient, const channel_scale& scale,
                   const std::vector<float>& mean, const gradient_line& line, T* to);

} // namespace ecco
