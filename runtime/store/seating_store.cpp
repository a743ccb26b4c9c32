// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/seating_store.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "runtime/policy/globe_grid.hpp"
#include "runtime/store/json_file.hpp"

namespace ecco {

namespace {

using json = nlohmann::json;

constexpr auto file_name = "groups.json";
constexpr std::uintmax_t most_bytes = 256u << 20;
constexpr std::size_t most_seats = 1'000'000;
constexpr duration longest = std::chrono::hours{24};

/// JSON has no NaN.
json number_or_null(double value) {
  return std::isfinite(value) ? json(value) : json();
}

json to_json(const camera_id& camera, const seat& its) {
  return {{"camera", camera.value},
          {"group", its.group.value},
          {"latitude", its.place.latitude},
          {"longitude", its.place.longitude},
          {"since", seconds_of(its.since)},
          {"until", seconds_of(its.until)},
          {"joined", its.joined},
          {"accuracy", number_or_null(its.accuracy)},
          {"latest", number_or_null(its.latest)}};
}

/// An age; one that grew longer than anybody asks for is as good as the longest.
duration age(const json& from) {
  const auto seconds = from.get<double>();
  if (!(seconds >= 0 && seconds <= seconds_of(longest)))
    throw impossible{};
  return from_seconds(seconds);
}

double accuracy(const json& from) {
  if (from.is_null())
    return std::numeric_limits<double>::quiet_NaN();
  const auto value = from.get<double>();
  if (!(value >= 0 && value <= 1))
    throw impossible{};
  return value;
}

seat seat_from(const json& from) {
  seat out;
  out.group.value = number<std::uint32_t>(from.at("group"));
  out.place = {from.at("latitude").get<double>(), from.at("longitude").get<double>()};
  out.since = age(from.at("since"));
  out.until = age(from.at("until"));
  out.joined = number<window_number>(from.at("joined"));
  out.accuracy = accuracy(from.at("accuracy"));
  out.latest = accuracy(from.at("latest"));
  return out;
}

seating seating_from(const json& root) {
  seating out;
  out.window = number<window_number>(root.at("window"));
  out.next_group = number<std::uint32_t>(root.at("nextGroup"));
  if (root.at("seats").size() > most_seats)
    throw impossible{};
  for (const auto& one : root.at("seats")) {
    const camera_id camera{one.at("camera").get<std::string>()};
    auto its = seat_from(one);
    const auto in_a_group = its.group.value > 0 && its.group.value < out.next_group && its.joined <= out.window + 1;
    if (!is_valid_name(camera.value) || !in_a_group || !is_on_globe(its.place)
        || !out.seats.emplace(camera, std::move(its)).second)
      throw impossible{};
  }
  return out;
}

json seating_to_json(const seating& now) {
  json root{{"window", now.window}, {"nextGroup", now.next_group}, {"seats", json::array()}};
  for (const auto& [camera, its] : now.seats)
    root["seats"].push_back(to_json(camera, its));
  return root;
}

} // namespace

std::unique_ptr<seating_store> open_seating_store(const std::filesystem::path& folder) {
  return std::make_unique<json_keeper<seating>>(folder / file_name, most_bytes, seating_from, seating_to_json,
                                                 "move it away; the models stay, and the cameras ask for groups anew");
}

} // namespace ecco
