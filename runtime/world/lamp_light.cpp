// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/lamp_light.hpp"

#include "runtime/world/scenery.hpp"

namespace ecco::world {

lamp_light::lamp_light(const city& of) : grid_(static_cast<std::size_t>(columns) * rows, 0.f) {
  constexpr float reach = 26;
  for (const auto& post : of.lamps) {
    const vec3 light = light_of(post);
    const int i0 = std::max(0, static_cast<int>((light.x - reach - left) / step)),
              i1 = std::min(columns - 1, static_cast<int>((light.x + reach - left) / step));
    const int j0 = std::max(0, static_cast<int>((light.y - reach - low) / step)),
              j1 = std::min(rows - 1, static_cast<int>((light.y + reach - low) / step));
    for (int j = j0; j <= j1; ++j)
      for (int i = i0; i <= i1; ++i) {
        const float dx = left + static_cast<float>(i) * step - light.x,
                    dy = low + static_cast<float>(j) * step - light.y;
        const float far = (dx * dx + dy * dy) / (light.z * light.z);
        const float fade = std::max(0.f, 1 - std::sqrt(dx * dx + dy * dy) / reach);
        grid_[static_cast<std::size_t>(j * columns + i)] += fade / ((1 + far) * std::sqrt(1 + far));
      }
  }
}

} // namespace ecco::world
