// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/fleet.hpp"

#include <array>

namespace ecco::world {
namespace {

constexpr std::array<district, 4> open_districts{district::downtown, district::suburb, district::park,
                                                 district::highway};

/// Drifts to take in place of another, and how strong they are.
constexpr std::array<change, 4> drifts{change{change_kind::rain, 0, 8, 1},
                                       {change_kind::hour, 0, 8, 22.5f},
                                       {change_kind::snow, 0, 8, 1},
                                       {change_kind::fog, 0, 8, .025f}};

std::uint32_t count_of(float share, std::uint32_t cameras) {
  return static_cast<std::uint32_t>(std::lround(std::clamp(share, 0.f, 1.f) * static_cast<float>(cameras)));
}

} // namespace

std::vector<camera_plan> make_fleet(const fleet_plan& of) {
  std::vector<camera_plan> all;
  const auto same_district = std::max(1u, count_of(of.alike.district, of.cameras)),
             same_weather = std::max(1u, count_of(of.alike.weather, of.cameras));
  for (std::uint32_t i = 0; i < of.cameras; ++i) {
    const auto hash = hashed(of.seed, 800, i);
    camera_plan made;
    made.on = of.on;
    made.home = of.home;
    if (i >= same_district) {
      // Any but the common one, in turn.
      auto k = (i - same_district) % (open_districts.size() - 1);
      for (const auto one : open_districts)
        if (one != of.home && k-- == 0) {
          made.home = one;
          break;
        }
    }
    made.number = 1 + i + static_cast<std::uint32_t>(hashed(of.seed, 801) % 50);
    const char* on = of.on == mount::pole ? "" : of.on == mount::vehicle ? "car-" : "drone-";
    made.name = on + std::string{district_names[static_cast<std::size_t>(made.home)]} + "-"
                + std::to_string(made.number);
    made.width = of.width;
    made.height = of.height;
    auto& happens = made.happens;
    const float later = (1 - of.alike.lighting) * 12 * static_cast<float>(i)
                        / static_cast<float>(std::max(1u, of.cameras - 1));
    // Rounded, to be read by people: to minutes or so here, and to tenths of a second below.
    happens.begins.hour = std::fmod(std::round((of.hour + later) * 100) / 100, 24.f);
    change comes{of.drift, 0, 8, of.amount};
    if (i >= same_weather) {
      auto k = (i - same_weather) % (drifts.size() - 1);
      for (const auto& one : drifts)
        if (one.what != of.drift && k-- == 0) {
          comes = one;
          break;
        }
    }
    const double late = i == 0 ? 0
                               : (1 - std::clamp(of.alike.timing, 0.f, 1.f)) * of.spread
                                     * (i + .5 * (fraction(hash) - .5)) / std::max(1u, of.cameras - 1);
    comes.at = of.at + std::round(late * 10) / 10;
    happens.changes.push_back(comes);
    all.push_back(made);
  }
  return all;
}

} // namespace ecco::world
