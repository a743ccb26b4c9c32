// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/experiment_json.hpp"

#include <nlohmann/json.hpp>

#include "deploy/report/json_number.hpp"

namespace ecco {

namespace {

using json = nlohmann::ordered_json;

json as_json(const region_result& of) {
  return {{"name", of.name},
          {"cameras", of.cameras},
          {"map_mean", json_number(of.mean)},
          {"map_mean_truth", json_number(of.truth)},
          {"map_mean_truth_teacher", json_number(of.teacher)},
          {"changes", of.changes},
          {"map_before", json_number(of.before)},
          {"map_lowest", json_number(of.lowest)},
          {"map_end", json_number(of.end)},
          {"response_seconds", json_number(of.response)},
          {"fallen", of.fallen},
          {"answered", of.answered},
          {"bytes_sent", of.bytes_sent},
          {"models_deployed", of.models}};
}

json as_json(const experiment_result& of) {
  auto regions = json::array();
  for (const auto& region : of.regions)
    regions.push_back(as_json(region));
  auto course = json::array();
  for (const auto& reading : of.course)
    course.push_back({json_number(reading.at), json_number(reading.map50)});
  return {{"system", of.facts.system},
          {"learner", of.facts.learner},
          {"simulated", of.facts.learner == "curve"},
          {"seed", of.facts.seed},
          {"virtual_seconds_planned", json_number(of.facts.planned)},
          {"virtual_seconds", json_number(of.facts.seconds)},
          {"target", json_number(of.facts.target)},
          {"all", as_json(of.all)},
          {"map_worst_camera", json_number(of.worst)},
          {"regions", std::move(regions)},
          {"gpu_seconds", json_number(of.gpu.total())},
          {"gpu_seconds_by_use",
           {{"train", json_number(of.gpu.train)},
            {"evaluate", json_number(of.gpu.evaluate)},
            {"label", json_number(of.gpu.label)},
            {"other", json_number(of.gpu.other)}}},
          {"windows", of.windows},
          {"micro_windows", of.grants},
          {"groups_opened", of.groups_opened},
          {"joins", of.groups_joined},
          {"events", of.events},
          {"course", std::move(course)}};
}

/// What is not UTF-8 is replaced, never thrown about.
std::string dump(const json& document, int indent) {
  return document.dump(indent, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string to_json(const experiment_result& of) {
  return dump(as_json(of), -1);
}

std::string to_json(std::span<const experiment_result> systems) {
  auto list = json::array();
  for (const auto& one : systems)
    list.push_back(as_json(one));
  return dump({{"systems", std::move(list)}}, 2) + '\n';
}

} // namespace ecco
