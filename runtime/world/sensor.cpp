// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/sensor.hpp"

namespace ecco::world {
namespace {

constexpr int curve_steps = 4096;
/// Light at the end of the curve.
constexpr float curve_end = 4;
constexpr std::size_t grain_side = 256;

} // namespace

void light_picture::resize(int wide, int tall) {
  width = wide;
  height = tall;
  for (auto* plane : {&r, &g, &b})
    plane->resize(static_cast<std::size_t>(wide) * static_cast<std::size_t>(tall));
}

sensor::sensor() : curve_(curve_steps), grain_(grain_side * grain_side) {
  for (int i = 0; i < curve_steps; ++i) {
    // Steps are finer where it is dark: the index is the square root of the light.
    const float root = static_cast<float>(i) / (curve_steps - 1), light = root * root * curve_end;
    // A shoulder for what is bright, a little toe, and the display's gamma.
    const float toned = light * (1 + light / 7.f) / (1 + light * .92f);
    const float shown = std::pow(std::min(1.f, toned), 1 / 2.2f);
    curve_[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(
        std::clamp(shown + .07f * shown * (shown - .45f) * (1.02f - shown) * 4 - .01f, 0.f, 1.f) * 255 + .5f);
  }
  for (std::size_t i = 0; i < grain_.size(); ++i) {
    float sum = -2;
    for (int k = 0; k < 4; ++k)
      sum += fraction(hashed(21, i, k));
    grain_[i] = static_cast<std::int8_t>(std::lround(std::clamp(sum * 1.732f * 40, -127.f, 127.f)));
  }
}

namespace {

/// The lens is a little soft: 1 4 1 across, then the same down.
void soften_row(const float* from, float* to, int width) {
  to[0] = from[0];
  for (int x = 1; x + 1 < width; ++x)
    to[x] = .085f * (from[x - 1] + from[x + 1]) + .83f * from[x];
  to[width - 1] = from[width - 1];
}

void soften(std::vector<float>& plane, int width, int height, std::vector<float>& above,
            std::vector<float>& here, std::vector<float>& below) {
  const auto w = static_cast<std::size_t>(width);
  for (auto* row : {&above, &here, &below})
    row->resize(w);
  soften_row(plane.data(), here.data(), width);
  above = here;
  for (int y = 0; y < height; ++y) {
    float* to = plane.data() + static_cast<std::size_t>(y) * w;
    if (y + 1 < height)
      soften_row(to + w, below.data(), width);
    else
      below = here;
    const float *a = above.data(), *h = here.data(), *b = below.data();
    for (std::size_t x = 0; x < w; ++x)
      to[x] = .085f * (a[x] + b[x]) + .83f * h[x];
    std::swap(above, here);
    std::swap(here, below);
  }
}

// The loops below are written so that the compiler makes vectors of them.

void find_places(const float* __restrict light, const float* __restrict factor, std::int32_t* __restrict to,
                 int width) {
  for (int x = 0; x < width; ++x) {
    const float root = std::sqrt(std::min(1.f, std::max(0.f, light[x] * factor[x])));
    to[x] = static_cast<std::int32_t>(root * (curve_steps - 1) + .5f);
  }
}

/// The grain of a row from its `shift` on; it repeats.
void find_noise(const std::int8_t* __restrict grain, std::size_t shift, int noise,
                std::int32_t* __restrict to, std::size_t width) {
  for (std::size_t x = 0; x < width;) {
    const auto from = (x + shift) & (grain_side - 1), count = std::min(width - x, grain_side - from);
    for (std::size_t k = 0; k < count; ++k)
      to[x + k] = (grain[from + k] * noise + 2048) >> 12;
    x += count;
  }
}

} // namespace

image sensor::develop(light_picture& light, const sensor_state& state) {
  for (auto* plane : {&light.r, &light.g, &light.b})
    soften(*plane, light.width, light.height, above_, here_, below_);
  const auto width = static_cast<std::size_t>(light.width);
  bytes out(width * static_cast<std::size_t>(light.height) * 3);
  std::vector<float>& factor = above_;
  factor.resize(width);
  places_.resize(width);
  noise_.resize(width);
  const float half_wide = static_cast<float>(light.width) / 2,
              half_tall = static_cast<float>(light.height) / 2;
  const int noise = static_cast<int>(state.noise / 40 * 4096);
  for (int y = 0; y < light.height; ++y) {
    const float v = (static_cast<float>(y) + .5f - half_tall) / half_wide;
    for (int x = 0; x < light.width; ++x) {
      const float u = (static_cast<float>(x) + .5f - half_wide) / half_wide;
      factor[static_cast<std::size_t>(x)] = state.exposure * (1 - .17f * (u * u + v * v)) / curve_end;
    }
    const auto row = light.at(0, y);
    const auto row_draw = hashed(state.draw, y);
    for (std::size_t c = 0; c < 3; ++c) {
      const auto& plane = c == 0 ? light.r : c == 1 ? light.g : light.b;
      std::uint8_t* to = out.data() + row * 3 + c;
      find_places(plane.data() + row, factor.data(), places_.data(), light.width);
      find_noise(grain_.data() + (row_draw >> (8 * c) & 255u) * grain_side,
                 static_cast<std::size_t>(row_draw >> (24 + 8 * c) & 255u), noise, noise_.data(), width);
      for (std::size_t x = 0; x < width; ++x) {
        const int noisy = curve_[static_cast<std::size_t>(places_[x])] + noise_[x];
        to[3 * x] = static_cast<std::uint8_t>(std::clamp(noisy, 0, 255));
      }
    }
  }
  return {static_cast<std::uint16_t>(light.width), static_cast<std::uint16_t>(light.height),
          blob{std::move(out)}};
}

} // namespace ecco::world
