// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/schedule.hpp"

namespace ecco::world {
namespace {

/// The value of one condition at `t`, when each change takes `lag` seconds longer than it says.
float follow(const schedule& of, change_kind what, float begins, double t, float lag) {
  float value = begins;
  for (const auto& one : of.changes)
    if (one.what == what && t > one.at)
      value =
          mix(value, one.amount, smooth(0, std::max(one.over, .01f) + lag, static_cast<float>(t - one.at)));
  return value;
}

} // namespace

conditions conditions_at(const schedule& of, double t) {
  conditions now = of.begins;
  now.rain = follow(of, change_kind::rain, of.begins.rain, t, 0);
  now.snow = follow(of, change_kind::snow, of.begins.snow, t, 0);
  now.fog = follow(of, change_kind::fog, of.begins.fog, t, 0);
  now.cloud = follow(of, change_kind::cloud, of.begins.cloud, t, 0);
  now.hour =
      std::fmod(follow(of, change_kind::hour, of.begins.hour, t, 0) + static_cast<float>(t / 3600), 24.f);
  // No rain and no snow without clouds; water and snow stay behind.
  now.cloud = std::max(now.cloud, std::min(1.f, 1.4f * std::max(now.rain, now.snow)));
  now.wet =
      std::max(of.begins.wet, std::min(1.f, 1.5f * follow(of, change_kind::rain, of.begins.rain, t, 6)));
  now.white =
      std::max(of.begins.white, std::min(1.f, 1.5f * follow(of, change_kind::snow, of.begins.snow, t, 12)));
  return now;
}

std::optional<district> district_of(const schedule& of, double t) {
  std::optional<district> found;
  for (const auto& one : of.moves)
    if (t >= one.at)
      found = one.to;
  return found;
}

} // namespace ecco::world
