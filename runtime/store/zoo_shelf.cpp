// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/zoo_shelf.hpp"

#include <cmath>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "runtime/store/json_file.hpp"

namespace ecco {

namespace {

using json = nlohmann::json;

constexpr auto file_name = "zoo.json";
constexpr std::uintmax_t most_bytes = 256u << 20;
constexpr std::size_t most_experts = 1024, most_features = 4096;

json to_json(const expert& one) {
  auto cameras = json::array();
  for (const auto& camera : one.cameras)
    cameras.push_back(camera.value);
  return {{"revision", one.revision}, {"group", one.group.value},  {"window", one.window},
          {"selected", one.selected}, {"times", one.times_selected}, {"cameras", std::move(cameras)}};
}

/// Features with as many digits as the zoo keeps of them.
json to_json(const zoo_scene& scene) {
  auto frames = json::array();
  for (const auto& frame : scene.features) {
    auto numbers = json::array();
    for (const auto value : frame)
      numbers.push_back(std::round(static_cast<double>(value) * 1e4) / 1e4);
    frames.push_back(std::move(numbers));
  }
  auto scores = json::array();
  for (const auto& [revision, score] : scene.scores)
    scores.push_back({revision, score});
  return {{"features", std::move(frames)}, {"scores", std::move(scores)}};
}

expert expert_from(const json& from) {
  expert out;
  out.revision = number<std::uint32_t>(from.at("revision"));
  out.group.value = number<std::uint32_t>(from.at("group"));
  out.window = number<window_number>(from.at("window"));
  out.selected = number<std::uint64_t>(from.at("selected"));
  out.times_selected = number<std::uint32_t>(from.at("times"));
  for (const auto& camera : from.at("cameras"))
    out.cameras.emplace_back(camera.get<std::string>());
  return out;
}

zoo_scene scene_from(const json& from) {
  zoo_scene out;
  for (const auto& frame : from.at("features"))
    out.features.push_back(frame.get<std::vector<float>>());
  for (const auto& score : from.at("scores"))
    out.scores[number<std::uint32_t>(score.at(0))] = score.at(1).get<double>();
  return out;
}

bool is_possible(const zoo_scene& scene) {
  if (scene.features.empty() || scene.features.size() > zoo::frames_of_scene || scene.scores.empty())
    return false;
  for (const auto& frame : scene.features) {
    if (frame.empty() || frame.size() > most_features)
      return false;
    for (const auto value : frame)
      if (!std::isfinite(value))
        return false;
  }
  for (const auto& [revision, score] : scene.scores)
    if (revision == 0 || !(score >= 0 && score <= 1))
      return false;
  return true;
}

bool is_possible(const zoo_content& content) {
  if (content.experts.size() > most_experts || content.scenes.size() > zoo::scenes_of_expert * most_experts)
    return false;
  std::set<std::uint32_t> seen;
  for (const auto& one : content.experts)
    if (one.revision == 0 || !seen.insert(one.revision).second)
      return false;
  for (const auto& scene : content.scenes)
    if (!is_possible(scene))
      return false;
  return true;
}

zoo_content content_from(const json& root) {
  zoo_content out;
  for (const auto& one : root.at("experts"))
    out.experts.push_back(expert_from(one));
  for (const auto& one : root.at("scenes"))
    out.scenes.push_back(scene_from(one));
  if (!is_possible(out))
    throw impossible{};
  return out;
}

json content_to_json(const zoo_content& content) {
  json root{{"experts", json::array()}, {"scenes", json::array()}};
  for (const auto& one : content.experts)
    root["experts"].push_back(to_json(one));
  for (const auto& one : content.scenes)
    root["scenes"].push_back(to_json(one));
  return root;
}

} // namespace

std::unique_ptr<zoo_shelf> open_zoo_shelf(const std::filesystem::path& folder) {
  return std::make_unique<json_keeper<zoo_content>>(folder / file_name, most_bytes, content_from, content_to_json,
                                                     "move it away; the models stay, and the zoo begins anew");
}

} // namespace ecco
