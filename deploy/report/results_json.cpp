// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/results_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace ecco {

namespace {

using json = nlohmann::ordered_json;

/// Four digits after the point, null for what is not known.
json number(double value) {
  if (!std::isfinite(value))
    return nullptr;
  return std::round(value * 1e4) / 1e4;
}

json number(const std::optional<double>& value) {
  return value ? number(*value) : json(nullptr);
}

json as_json(const camera_result& camera) {
  json accuracy = json::array();
  for (const auto& reading : camera.accuracy)
    accuracy.push_back({number(reading.at), number(reading.map50)});
  json deployments = json::array();
  for (const auto at : camera.deployments)
    deployments.push_back(number(at));
  return {{"name", camera.name},
          {"map_before", number(camera.map_before)},
          {"map_drifted", number(camera.map_drifted)},
          {"map_recovered", number(camera.map_recovered)},
          {"seconds_to_recover", number(camera.seconds_to_recover)},
          {"regained", number(camera.regained)},
          {"drift_at", number(camera.drift_at)},
          {"deployed_at", number(camera.deployed_at)},
          {"observed_for", number(camera.observed_for)},
          {"bytes_sent", camera.bytes_sent},
          {"deployments", std::move(deployments)},
          {"accuracy", std::move(accuracy)}};
}

json as_json(const group_result& group) {
  json members = json::array();
  for (const auto& stay : group.members)
    members.push_back({{"camera", stay.camera},
                       {"from", number(stay.from)},
                       {"to", number(stay.to)},
                       {"why_joined", stay.why_joined},
                       {"why_left", stay.why_left}});
  json grants = json::array();
  for (const auto& slice : group.slices)
    grants.push_back({{"from", number(slice.from)},
                      {"to", number(slice.to)},
                      {"worker", slice.worker},
                      {"window", slice.window}});
  return {{"name", to_string(group.group)},
          {"members", std::move(members)},
          {"gpu_seconds", number(group.gpu_seconds)},
          {"grants", std::move(grants)}};
}

json as_json(const decision& made) {
  return {{"at", number(made.at)},       {"event", made.id}, {"camera", made.camera}, {"group", made.group},
          {"value", number(made.value)}, {"why", made.text}};
}

template <class T>
json list(const std::vector<T>& values) {
  json result = json::array();
  for (const auto& value : values)
    result.push_back(as_json(value));
  return result;
}

json as_json(const run_results& results) {
  return {{"seed", results.seed},
          {"policy", results.policy},
          {"seconds", number(results.seconds)},
          {"bootstrapped_at", number(results.bootstrapped_at)},
          {"cameras", list(results.cameras)},
          {"groups", list(results.groups)},
          {"gpu_seconds", number(results.gpu.total())},
          {"gpu_seconds_by_use",
           {{"train", number(results.gpu.train)},
            {"evaluate", number(results.gpu.evaluate)},
            {"label", number(results.gpu.label)},
            {"other", number(results.gpu.other)}}},
          {"micro_window_useful_share", number(results.gpu.useful)},
          {"bytes_sent", results.bytes_sent},
          {"decisions", list(results.decisions)},
          {"events_forgotten", results.events_forgotten}};
}

/// Texts come from events of other processes: what is not UTF-8 is replaced, never thrown about.
std::string dump(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

} // namespace

std::string to_json(const run_results& results) {
  return dump(as_json(results));
}

std::string to_json(std::span<const run_results> runs) {
  json list = json::array();
  for (const auto& run : runs)
    list.push_back(as_json(run));
  return dump({{"runs", std::move(list)}});
}

} // namespace ecco
