// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/norm_silu_kernels.hpp"

#include <algorithm>
#include <bit>

#include "runtime/learn/vector_math.hpp"

namespace ecco {

namespace {

ECCO_INLINE float widen(float value) {
  return value;
}

ECCO_INLINE float widen(bf16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

ECCO_INLINE void narrow(float value, float& to) {
  to = value;
}

/// To the nearest, ties to even.
ECCO_INLINE void narrow(float value, bf16& to) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  to.bits = static_cast<std::uint16_t>(value != value ? 0x7fc0 : rounded);
}

ECCO_INLINE float silu(float z) {
  z = at_least(z, -farthest);
  return z * sigmoid(at_most(z, farthest));
}

ECCO_INLINE float slope_of_silu(float z) {
  z = at_most(at_least(z, -farthest), farthest);
  const float s = sigmoid(z);
  return s + z * s * (1 - s);
}

/// Rows of few channels are taken several at a time, so that vectors are full: to the loops below they are one wide
/// row.
struct wide_rows {
  explicit wide_rows(std::int64_t channels_)
      : channels{channels_}, rows{std::max<std::int64_t>(1, 64 / channels_)}, width{rows * channels_} {}

  /// One value a channel, as often as a wide row has it.
  std::vector<float> repeated(const std::vector<float>& of_channel) const {
    std::vector<float> all(static_cast<std::size_t>(width));
    for (std::int64_t i = 0; i < width; ++i)
      all[static_cast<std::size_t>(i)] = of_channel[static_cast<std::size_t>(i % channels)];
    return all;
  }

  /// Adds up what belongs to one channel.
  void add_to(std::vector<double>& of_channel, const std::vector<float>& wide) const {
    for (std::int64_t i = 0; i < width; ++i)
      of_channel[static_cast<std::size_t>(i % channels)] += wide[static_cast<std::size_t>(i)];
  }

  std::int64_t channels, rows, width;
};

/// So many values stay in the first cache between two looks at them, and are few enough to be summed up in float.
constexpr std::int64_t values_at_a_time = 4096;

// What follows goes over `count` values, `width` of them a wide row; the last row may be shorter.

template <typename T>
ECCO_FOR_EACH_PROCESSOR void add_up(const T* x, std::int64_t count, std::int64_t width, float* __restrict sums) {
  for (std::int64_t at = 0; at < count; at += width)
    for (std::int64_t i = 0, n = std::min(width, count - at); i < n; ++i)
      sums[i] += widen(x[at + i]);
}

template <typename T>
ECCO_FOR_EACH_PROCESSOR void add_up_squares(const T* x, std::int64_t count, std::int64_t width, const float* mean,
                                            float* __restrict sums) {
  for (std::int64_t at = 0; at < count; at += width)
    for (std::int64_t i = 0, n = std::min(width, count - at); i < n; ++i) {
      const float off = widen(x[at + i]) - mean[i];
      sums[i] += off * off;
    }
}

template <typename T>
ECCO_FOR_EACH_PROCESSOR void apply(const T* x, std::int64_t count, std::int64_t width, const float* gain,
                                   const float* offset, T* y) {
  for (std::int64_t at = 0; at < count; at += width)
    for (std::int64_t i = 0, n = std::min(width, count - at); i < n; ++i)
      narrow(silu(widen(x[at + i]) * gain[i] + offset[i]), y[at + i]);
}

template <typename T>
ECCO_FOR_EACH_PROCESSOR void add_up_gradient(const T* x, const T* gradient, std::int64_t count, std::int64_t width,
                                             const float* gain, const float* offset, const float* mean,
                                             float* __restrict of_z, float* __restrict of_z_times_x) {
  for (std::int64_t at = 0; at < count; at += width)
    for (std::int64_t i = 0, n = std::min(width, count - at); i < n; ++i) {
      const float value = widen(x[at + i]);
      const float dz = widen(gradient[at + i]) * slope_of_silu(value * gain[i] + offset[i]);
      of_z[i] += dz;
      of_z_times_x[i] += dz * (value - mean[i]);
    }
}

template <typename T>
ECCO_FOR_EACH_PROCESSOR void apply_gradient(const T* x, const T* gradient, std::int64_t count, std::int64_t width,
                                            const float* gain, const float* offset, const float* mean,
                                            const float* constant, const float* slope, T* to) {
  for (std::int64_t at = 0; at < count; at += width)
    for (std::int64_t i = 0, n = std::min(width, count - at); i < n; ++i) {
      const float value = widen(x[at + i]);
      const float dz = widen(gradient[at + i]) * slope_of_silu(value * gain[i] + offset[i]);
      narrow(gain[i] * dz - constant[i] - (value - mean[i]) * slope[i], to[at + i]);
    }
}

/// Calls back with every few wide rows: where they begin and end, in rows.
template <typename F>
void for_each_block(std::int64_t rows, const wide_rows& wide, F call) {
  const auto step = wide.rows * std::max<std::int64_t>(1, values_at_a_time / wide.width);
  for (std::int64_t from = 0; from < rows; from += step)
    call(from, std::min(rows, from + step));
}

} // namespace

void channel_moments::join(const channel_moments& other) {
  if (rows == 0)
    *this = other;
  else if (other.rows > 0) {
    const auto all = static_cast<double>(rows + other.rows), part = static_cast<double>(other.rows) / all;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const auto apart = other.mean[c] - mean[c];
      mean[c] += apart * part;
      squares[c] += other.squares[c] + apart * apart * part * static_cast<double>(rows);
    }
    rows += other.rows;
  }
}

void gradient_sums::join(const gradient_sums& other) {
  for (std::size_t c = 0; c < of_z.size(); ++c) {
    of_z[c] += other.of_z[c];
    of_z_times_x[c] += other.of_z_times_x[c];
  }
}

template <typename T>
channel_moments moments_of(feature_rows<const T> x) {
  const wide_rows wide{x.channels};
  const auto channels = static_cast<std::size_t>(x.channels);
  std::vector<float> sums(static_cast<std::size_t>(wide.width)), mean(channels);
  channel_moments all{0, std::vector<double>(channels), std::vector<double>(channels)};
  channel_moments block = all;
  for_each_block(x.count, wide, [&](std::int64_t from, std::int64_t to) {
    const auto part = x.part(from, to);
    block.rows = part.count;
    std::ranges::fill(sums, 0.F);
    add_up(part.first, part.count * part.channels, wide.width, sums.data());
    std::ranges::fill(block.mean, 0.);
    wide.add_to(block.mean, sums);
    for (std::size_t c = 0; c < channels; ++c)
      block.mean[c] = mean[c] = static_cast<float>(block.mean[c] / static_cast<double>(part.count));
    std::ranges::fill(sums, 0.F);
    add_up_squares(part.first, part.count * part.channels, wide.width, wide.repeated(mean).data(), sums.data());
    std::ranges::fill(block.squares, 0.);
    wide.add_to(block.squares, sums);
    all.join(block);
  });
  return all;
}

template <typename T>
void scaled_silu(feature_rows<const T> x, const channel_scale& scale, T* y) {
  const wide_rows wide{x.channels};
  apply(x.first, x.count * x.channels, wide.width, wide.repeated(scale.gain).data(),
        wide.repeated(scale.offset).data(), y);
}

template <typename T>
gradient_sums sum_gradient(feature_rows<const T> x, const T* gradient, const channel_scale& scale,
                           const std::vector<float>& mean) {
  const wide_rows wide{x.channels};
  const auto channels = static_cast<std::size_t>(x.channels), width = static_cast<std::size_t>(wide.width);
  const auto gain = wide.repeated(scale.gain), offset = wide.repeated(scale.offset), means = wide.repeated(mean);
  std::vector<float> of_z(width), of_z_times_x(width);
  gradient_sums all{std::vector<double>(channels), std::vector<double>(channels)};
  for_each_block(x.count, wide, [&](std::int64_t from, std::int64_t to) {
    const auto part = x.part(from, to);
    std::ranges::fill(of_z, 0.F);
    std::ranges::fill(of_z_times_x, 0.F);
    add_up_gradient(part.first, gradient + from * x.channels, part.count * part.channels, wide.width, gain.data(),
                    offset.data(), means.data(), of_z.data(), of_z_times_x.data());
    wide.add_to(all.of_z, of_z);
    wide.add_to(all.of_z_times_x, of_z_times_x);
  });
  return all;
}

template <typename T>
void pass_gradient(feature_rows<const T> x, const T* gradient, const channel_scale& scale,
                   const std::vector<float>& mean, const gradient_line& line, T* to) {
  const wide_rows wide{x.channels};
  apply_gradient(x.first, gradient, x.count * x.channels, wide.width, wide.repeated(scale.gain).data(),
                 wide.repeated(scale.offset).data(), wide.repeated(mean).data(), wide.repeated(line.constant).data(),
                 wide.repeated(line.slope).data(), to);
}

using floats = std::vector<float>;

template channel_moments moments_of(feature_rows<const float>);
template channel_moments moments_of(feature_rows<const bf16>);
template void scaled_silu(feature_rows<const float>, const channel_scale&, float*);
template void scaled_silu(feature_rows<const bf16>, const channel_scale&, bf16*);
template gradient_sums sum_gradient(feature_rows<const float>, const float*, const channel_scale&, const floats&);
template gradient_sums sum_gradient(feature_rows<const bf16>, const bf16*, const channel_scale&, const floats&);
template void pass_gradient(feature_rows<const float>, const float*, const channel_scale&, const floats&,
                            const gradient_line&, float*);
template void pass_gradient(feature_rows<const bf16>, const bf16*, const channel_scale&, const floats&,
                            const gradient_line&, bf16*);

} // namespace ecco
