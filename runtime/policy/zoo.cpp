// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/zoo.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace ecco {

namespace {

/// Of the soft targets (algorithms.md section 1.2 [D]).
constexpr double temperature = 0.05;

/// Some of them, evenly; rounded, so that what is written and read again is the same.
std::vector<std::vector<float>> thinned(const std::vector<std::vector<float>>& frames, std::size_t limit) {
  const auto count = std::min(frames.size(), limit);
  std::vector<std::vector<float>> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(frames[(2 * i + 1) * frames.size() / (2 * count)]);
    for (auto& one : out.back())
      one = static_cast<float>(std::round(static_cast<double>(one) * 1e4) / 1e4);
  }
  return out;
}

bool is_usable(const zoo_scene& scene) {
  const auto finite = [](const auto& frame) {
    return !frame.empty() && std::all_of(frame.begin(), frame.end(), [](float x) { return std::isfinite(x); });
  };
  return !scene.features.empty() && std::all_of(scene.features.begin(), scene.features.end(), finite)
         && !scene.scores.empty();
}

} // namespace

std::optional<expert_choice> choose_expert(const std::map<std::uint32_t, camera_score>& tried, std::uint32_t own,
                                           const gate_options& gate) {
  const auto mine = tried.find(own);
  if (mine == tried.end())
    return std::nullopt;
  auto most = mine->second.map50;
  std::optional<expert_choice> best;
  for (const auto& [revision, score] : tried) {
    if (revision == own || !(score.map50 > most))
      continue;
    if (auto decided = decide({score, mine->second}, gate); decided.deploy) {
      best = {revision, std::move(decided.why)};
      most = score.map50;
    }
  }
  return best;
}

zoo::zoo(zoo_options options, zoo_content content) : options_(options), content_(std::move(content)) {}

const expert* zoo::find(std::uint32_t revision) const {
  const auto found = std::find_if(content_.experts.begin(), content_.experts.end(),
                                  [=](const expert& one) { return one.revision == revision; });
  return found == content_.experts.end() ? nullptr : &*found;
}

std::vector<std::uint32_t> zoo::candidates(std::span<const std::vector<float>> features) {
  std::vector<std::uint32_t> all;
  for (const auto& one : content_.experts)
    all.push_back(one.revision);
  if (options_.mode != zoo_mode::recl || all.size() <= options_.top)
    return all;
  if (std::exchange(stale_, false))
    retrain();
  const auto likely = gate_.choose(features);
  if (likely.size() != all.size())
    return all;
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return likely[a] > likely[b]; });
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < options_.top; ++i)
    out.push_back(all[order[i]]);
  return out;
}

void zoo::learn(zoo_scene scene) {
  std::erase_if(scene.scores, [](const auto& entry) { return !std::isfinite(entry.second); });
  if (!is_usable(scene))
    return;
  scene.features = thinned(scene.features, frames_of_scene);
  content_.scenes.push_back(std::move(scene));
  if (content_.scenes.size() > scenes_of_expert * options_.capacity)
    content_.scenes.erase(content_.scenes.begin());
  stale_ = true;
}

void zoo::select(std::uint32_t revision) {
  std::uint64_t latest = 0;
  for (const auto& one : content_.experts)
    latest = std::max(latest, one.selected);
  for (auto& one : content_.experts)
    if (one.revision == revision) {
      one.selected = latest + 1;
      ++one.times_selected;
    }
}

bool zoo::deserves_admission(double score, std::span<const double> others) const {
  if (!std::isfinite(score) || options_.mode == zoo_mode::off)
    return false;
  return std::all_of(others.begin(), others.end(),
                     [&](double other) { return !(score < other + options_.margin - 1e-9); });
}

std::optional<std::uint32_t> zoo::admit(expert added) {
  auto& experts = content_.experts;
  std::optional<std::uint32_t> evicted;
  const auto earlier = [](const expert& a, const expert& b) {
    return std::pair{a.selected, a.revision} < std::pair{b.selected, b.revision};
  };
  std::uint64_t latest = 0;
  for (const auto& one : experts)
    latest = std::max(latest, one.selected);
  if (experts.size() >= options_.capacity) {
    const auto oldest = std::min_element(experts.begin(), experts.end(), earlier);
    evicted = oldest->revision;
    experts.erase(oldest);
    for (auto& scene : content_.scenes)
      scene.scores.erase(*evicted);
    std::erase_if(content_.scenes, [](const zoo_scene& scene) { return scene.scores.empty(); });
  }
  added.selected = latest + 1;
  experts.insert(std::upper_bound(experts.begin(), experts.end(), added,
                                  [](const expert& a, const expert& b) { return a.revision < b.revision; }),
                 std::move(added));
  stale_ = true;
  return evicted;
}

void zoo::retrain() {
  std::vector<gate_example> examples;
  std::size_t width = 0;
  for (const auto& scene : content_.scenes) {
    std::vector<std::size_t> tried;
    std::vector<double> scores;
    for (std::size_t m = 0; m < content_.experts.size(); ++m)
      if (const auto found = scene.scores.find(content_.experts[m].revision); found != scene.scores.end()) {
        tried.push_back(m);
        scores.push_back(found->second);
      }
    if (tried.empty())
      continue;
    const auto shares = soft_targets(scores, temperature);
    std::vector<double> target(content_.experts.size(), 0);
    for (std::size_t i = 0; i < tried.size(); ++i)
      target[tried[i]] = shares[i];
    for (const auto& frame : scene.features) {
      width = width == 0 ? frame.size() : width;
      if (frame.size() == width)
        examples.push_back({frame, target});
    }
  }
  gate_.train(examples, options_.gate);
}

} // namespace ecco
