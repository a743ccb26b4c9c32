// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/results_json.hpp"

#include <nlohmann/json.hpp>

#include "deploy/report/json_number.hpp"

namespace ecco {

namespace {

using json = nlohmann::ordered_json;

json as_json(const std::vector<accuracy_reading>& readings) {
  json out = json::array();
  for (const auto& reading : readings)
    out.push_back({json_number(reading.at), json_number(reading.map50)});
  return out;
}

/// null where nobody knows the truth.
json as_json(const truth_result& truth) {
  if (!truth.is_known())
    return nullptr;
  return {{"map_before", json_number(truth.map_before)},
          {"map_drifted", json_number(truth.map_drifted)},
          {"map_recovered", json_number(truth.map_recovered)},
          {"teacher_before", json_number(truth.teacher_before)},
          {"teacher_drifted", json_number(truth.teacher_drifted)},
          {"accuracy", as_json(truth.accuracy)},
          {"teacher", as_json(truth.teacher)}};
}

json as_json(const camera_result& camera) {
  json deployments = json::array();
  for (const auto at : camera.deployments)
    deployments.push_back(json_number(at));
  return {{"name", camera.name},
          {"map_before", json_number(camera.map_before)},
          {"map_drifted", json_number(camera.map_drifted)},
          {"map_recovered", json_number(camera.map_recovered)},
          {"seconds_to_recover", json_number(camera.seconds_to_recover)},
          {"regained", json_number(camera.regained)},
          {"drift_at", json_number(camera.drift_at)},
          {"deployed_at", json_number(camera.deployed_at)},
          {"observed_for", json_number(camera.observed_for)},
          {"bytes_sent", camera.bytes_sent},
          {"deployments", std::move(deployments)},
          {"accuracy", as_json(camera.accuracy)},
          {"truth", as_json(camera.truth)}};
}

json as_json(const group_result& group) {
  json members = json::array();
  for (const auto& stay : group.members)
    members.push_back({{"camera", stay.camera},
                       {"from", json_number(stay.from)},
                       {"to", json_number(stay.to)},
                       {"why_joined", stay.why_joined},
                       {"why_left", stay.why_left}});
  json grants = json::array();
  for (const auto& slice : group.slices)
    grants.push_back({{"from", json_number(slice.from)},
                      {"to", json_number(slice.to)},
                      {"worker", slice.worker},
                      {"window", slice.window}});
  return {{"name", to_string(group.group)},
          {"members", std::move(members)},
          {"gpu_seconds", json_number(group.gpu_seconds)},
          {"grants", std::move(grants)}};
}

json as_json(const decision& made) {
  return {{"at", json_number(made.at)},       {"event", made.id}, {"camera", made.camera}, {"group", made.group},
          {"value", json_number(made.value)}, {"why", made.text}};
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
          {"seconds", json_number(results.seconds)},
          {"bootstrapped_at", json_number(results.bootstrapped_at)},
          {"cameras", list(results.cameras)},
          {"groups", list(results.groups)},
          {"gpu_seconds", json_number(results.gpu.total())},
          {"gpu_seconds_by_use",
           {{"train", json_number(results.gpu.train)},
            {"evaluate", json_number(results.gpu.evaluate)},
            {"label", json_number(results.gpu.label)},
            {"other", json_number(results.gpu.other)}}},
          {"micro_window_useful_share", json_number(results.gpu.useful)},
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
