// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/fleet_config.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>

#include "runtime/world/address.hpp"
#include "runtime/world/labels.hpp"

namespace ecco {
namespace {

constexpr std::string_view similarity_hint = "district=1,weather=.5,timing=0,lighting=1; each from 0 to 1";
constexpr std::string_view drift_hint = "rain@60, snow=.5@60, fog=.025@60, cloud@60 or hour=22.5@60";
constexpr std::uint32_t most_cameras = 1000;

/// Where the middle of the city lies on the globe, in degrees, and metres of a degree of latitude.
constexpr double middle_latitude = 47.3769, middle_longitude = 8.5417, metres_of_degree = 111'320;

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

/// Rounded to a tenth of a metre.
location place_of(world::vec2 at) {
  const auto rounded = [](double degrees) { return std::round(degrees * 1e6) / 1e6; };
  const double of_longitude = metres_of_degree * std::cos(middle_latitude * 3.14159265358979 / 180);
  return {rounded(middle_latitude + static_cast<double>(at.y) / metres_of_degree),
          rounded(middle_longitude + static_cast<double>(at.x) / of_longitude)};
}

result<void> check(const fleet_request& asked) {
  const auto& of = asked.fleet;
  const auto refuse = [](const std::string& why) { return fail(ec::invalid_argument, "world fleet: " + why); };
  if (of.cameras < 1 || of.cameras > most_cameras)
    return refuse(std::to_string(of.cameras) + " cameras are none from 1 to " + std::to_string(most_cameras));
  if (!(of.spread >= 0 && of.spread <= 1e6))
    return refuse("spread must be from 0 to 1000000 seconds");
  if (!(of.at >= 0 && of.at <= 1e8))
    return refuse("the drift must come at a second from 0 to 100000000");
  if (!(of.hour >= 0 && of.hour < 24))
    return refuse("the hour must be from 0 to below 24");
  for (const float one : {of.alike.district, of.alike.weather, of.alike.timing, of.alike.lighting})
    if (!(one >= 0 && one <= 1))
      return refuse("a similarity must be from 0 to 1");
  return {};
}

} // namespace

result<world::similarity> read_similarity(std::string_view text) {
  const auto refuse = [](const std::string& why) {
    return fail(ec::invalid_argument, "similarity: " + why, std::string{similarity_hint});
  };
  world::similarity made;
  std::set<std::string_view> seen;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const auto sign = part.find('=');
    const auto key = part.substr(0, sign);
    auto* member = key == "district"   ? &made.district
                   : key == "weather"  ? &made.weather
                   : key == "timing"   ? &made.timing
                   : key == "lighting" ? &made.lighting
                                       : nullptr;
    if (!member)
      return refuse("'" + std::string{key.substr(0, 40)} + "' is not one of district, weather, timing, lighting");
    if (!seen.insert(key).second)
      return refuse(std::string{key} + " is said twice");
    const auto value = number_in(sign == std::string_view::npos ? "" : part.substr(sign + 1));
    if (!value || !(*value >= 0 && *value <= 1))
      return refuse("'" + std::string{part.substr(0, 40)} + "' is no number from 0 to 1");
    *member = static_cast<float>(*value);
  }
  return made;
}

result<fleet_drift> read_drift(std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    return fail(ec::invalid_argument, "drift '" + std::string{text.substr(0, 60)} + "': " + why,
                std::string{drift_hint});
  };
  struct known {
    std::string_view name;
    fleet_drift usual;
    double most;
  };
  using world::change_kind;
  constexpr known kinds[] = {{"rain", {change_kind::rain, 1, 0}, 1},
                             {"snow", {change_kind::snow, 1, 0}, 1},
                             {"fog", {change_kind::fog, .025f, 0}, .1},
                             {"cloud", {change_kind::cloud, 1, 0}, 1},
                             {"hour", {change_kind::hour, 22.5f, 0}, 24}};
  const auto sign = text.find('@');
  const auto what = text.substr(0, sign);
  const auto equals = what.find('=');
  const auto* kind =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const known& one) { return one.name == what.substr(0, equals); });
  if (kind == std::end(kinds))
    return refuse("there is no such kind");
  auto made = kind->usual;
  if (equals != std::string_view::npos) {
    const auto amount = number_in(what.substr(equals + 1));
    if (!amount || !(*amount >= 0 && *amount <= kind->most))
      return refuse("the amount is out of its range");
    made.amount = static_cast<float>(*amount);
  }
  const auto at = number_in(sign == std::string_view::npos ? "" : text.substr(sign + 1));
  if (!at || !(*at >= 0 && *at <= 1e8))
    return refuse("says no second at which it comes");
  made.at = *at;
  return made;
}

result<std::vector<fleet_camera>> make_fleet_cameras(const fleet_request& asked) {
  if (auto good = check(asked); !good)
    return tl::unexpected{good.error()};
  const auto city = world::make_city(asked.seed);
  const world::traffic vehicles{city, {asked.fleet.hour}};
  std::vector<fleet_camera> all;
  for (auto& plan : world::make_fleet(asked.fleet)) {
    world::address address;
    address.world = {asked.seed, plan.happens.begins.hour};
    address.camera = plan;
    address.fps = asked.fps;
    auto source = world::write_address(address);
    if (!source)
      return tl::unexpected{source.error()};
    const auto eye = world::camera_path{plan, city, vehicles}.at(0).from.eye;
    all.push_back({std::move(plan), std::move(*source), place_of(world::ground_of(eye))});
  }
  return all;
}

std::string to_config(const std::vector<fleet_camera>& cameras, const std::string& about) {
  std::string text = "# " + about + "\nconfig_version: 1\nclasses: [";
  for (const auto& one : world::labelled_classes)
    text += (one.kind == world::labelled_classes[0].kind ? "" : ", ") + std::string{one.name};
  text += "]\nteacher: {kind: labels}\ncameras:\n";
  for (const auto& one : cameras) {
    char place[64];
    std::snprintf(place, sizeof place, "[%.6f, %.6f]", one.place.latitude, one.place.longitude);
    text += "  " + one.plan.name + ":\n    source: \"" + one.source + "\"\n    location: " + place + "\n";
    if (one.plan.on != world::mount::pole)
      text += "    mobile: true\n";
  }
  return text;
}

} // namespace ecco
