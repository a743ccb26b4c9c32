// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampling_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace ecco {

namespace {

constexpr std::array grid_fps{.5, 1., 2., 5., 10.};
constexpr std::array<double, 5> grid_widths{320, 480, 640, 800, 960};
constexpr std::size_t most_levels = 64;

double pixels(const picture_size& size) {
  return static_cast<double>(size.width) * size.height;
}

double pixel_rate(const sampling_choice& choice) {
  return choice.fps * pixels(choice.size);
}

std::uint16_t even_side(double length) {
  return static_cast<std::uint16_t>(std::max(16., 2 * std::round(length / 2)));
}

/// Indices of (rate, size), each step more of one: the way a default table climbs the grid.
using ladder = std::array<std::pair<std::size_t, std::size_t>, 9>;
constexpr ladder sharper_first{{{0, 0}, {0, 1}, {0, 2}, {1, 2}, {1, 3}, {1, 4}, {2, 4}, {3, 4}, {4, 4}}};
constexpr ladder faster_first{{{0, 0}, {1, 0}, {2, 0}, {2, 1}, {3, 1}, {3, 2}, {4, 2}, {4, 3}, {4, 4}}};

result<void> check(const sampling_level& level, const sampling_level* below, const std::string& where) {
  const auto refuse = [&](const std::string& why) { return fail(ec::invalid_argument, where + why); };
  if (!(level.budget >= 0) || !std::isfinite(level.budget))
    return refuse(".pixels_per_second must be a number of at least 0");
  if (!(level.choice.fps >= .05 && level.choice.fps <= 60))
    return refuse(".fps must be between 0.05 and 60, but is " + to_text(level.choice.fps));
  for (const auto side : {level.choice.size.width, level.choice.size.height})
    if (side < 16 || side > 4096 || side % 2 != 0)
      return refuse(".size must have even sides of 16..4096 pixels, but is " + to_text(level.choice.size));
  if (below == nullptr)
    return {};
  if (level.budget <= below->budget)
    return refuse(".pixels_per_second must be more than that of the level before, " + to_text(below->budget)
                  + ", but is " + to_text(level.budget));
  if (pixel_rate(level.choice) < pixel_rate(below->choice))
    return refuse(" has fewer pixels a second than the level before it");
  return {};
}

/// The largest size of the grid up to `most` of which `per_second` frames are no more than `budget` pixels a second.
picture_size largest_within(const sampling_grid& grid, const sampling_cost& cost, const picture_size& most,
                            double per_second, double budget) {
  auto out = grid.sizes.front();
  for (const auto& size : grid.sizes)
    if (pixels(size) <= pixels(most) && per_second * cost.trained_pixels(size) <= budget)
      out = size;
  return out;
}

} // namespace

sampling_grid make_sampling_grid(const picture_size& largest) {
  sampling_grid out{{grid_fps.begin(), grid_fps.end()}, {}};
  for (const auto width : grid_widths) {
    const auto part = width / grid_widths.back();
    const picture_size size{even_side(largest.width * part), even_side(largest.height * part)};
    if (out.sizes.empty() || out.sizes.back() != size)
      out.sizes.push_back(size);
  }
  return out;
}

double sampling_cost::trained_pixels(const picture_size& size) const {
  if (input.width == 0 || input.height == 0)
    return pixels(size);
  const auto scale =
      std::min({1., static_cast<double>(input.width) / size.width, static_cast<double>(input.height) / size.height});
  return pixels(size) * scale * scale;
}

double sampling_cost::training(const sampling_choice& choice, double passes) const {
  return pixels_per_second > 0 ? duty * choice.fps * passes * trained_pixels(choice.size) / pixels_per_second : 0;
}

double sampling_cost::labelling(const sampling_choice& choice) const {
  return labels_per_second > 0 ? duty * choice.fps / labels_per_second : 0;
}

result<void> validate(const sampling_table& table) {
  if (table.levels.empty() || table.levels.size() > most_levels)
    return fail(ec::invalid_argument, "levels must be 1 to " + std::to_string(most_levels) + ", but there are "
                                          + std::to_string(table.levels.size()));
  if (!(table.label_part > 0 && table.label_part <= 1))
    return fail(ec::invalid_argument,
                "label_part must be more than 0 and at most 1, but is " + to_text(table.label_part));
  for (std::size_t i = 0; i < table.levels.size(); ++i)
    if (auto good = check(table.levels[i], i > 0 ? &table.levels[i - 1] : nullptr, "levels[" + std::to_string(i) + "]");
        !good)
      return good;
  return {};
}

sampling_table default_table(const sampling_grid& grid, camera_motion motion, const sampling_cost& cost) {
  sampling_table out{{}, default_label_part};
  for (const auto& [rate, size] : motion == camera_motion::mobile ? faster_first : sharper_first) {
    const sampling_choice choice{grid.fps[std::min(rate, grid.fps.size() - 1)],
                                 grid.sizes[std::min(size, grid.sizes.size() - 1)]};
    const auto budget = default_passes * cost.duty * choice.fps * cost.trained_pixels(choice.size);
    // Pictures beyond the network's input cost no more: the sharper one takes the level.
    if (!out.levels.empty() && budget <= out.levels.back().budget)
      out.levels.back().choice = choice;
    else
      out.levels.push_back({budget, choice});
  }
  return out;
}

sampling_choice choose(const sampling_table& table, const sampling_cost& cost, double devices) {
  const auto budget = devices * cost.pixels_per_second;
  const auto spare = table.label_part * devices;
  auto level = std::upper_bound(table.levels.begin(), table.levels.end(), budget,
                                [](double b, const sampling_level& each) { return b < each.budget; });
  while (level != table.levels.begin() && cost.labelling((level - 1)->choice) > spare)
    --level;
  if (level != table.levels.begin())
    return (level - 1)->choice;
  auto least = level->choice;
  if (budget < level->budget)
    least.fps *= budget / level->budget;
  if (const auto taken = cost.labelling(least); taken > spare)
    least.fps *= spare / taken;
  return least;
}

sampling_choice divide(const sampling_choice& whole, const sampling_grid& grid, const sampling_cost& cost,
                       std::uint32_t members) {
  const auto n = std::max(members, 1u);
  if (whole.fps / n >= least_member_fps)
    return {whole.fps / n, whole.size};
  const auto worth = whole.fps * cost.trained_pixels(whole.size);
  return {least_member_fps, largest_within(grid, cost, whole.size, least_member_fps * n, worth)};
}

sampling_table table_of(std::span<const profiled_run> runs) {
  std::map<double, std::vector<const profiled_run*>> by_budget;
  for (const auto& run : runs)
    if (std::isfinite(run.accuracy))
      by_budget[run.budget].push_back(&run);
  sampling_table out;
  double least = 0;
  for (const auto& [budget, at_budget] : by_budget) {
    const profiled_run* best = nullptr;
    for (const auto* run : at_budget) {
      if (pixel_rate(run->choice) < least)
        continue;
      if (best == nullptr || run->accuracy > best->accuracy
          || (run->accuracy == best->accuracy && pixel_rate(run->choice) < pixel_rate(best->choice)))
        best = run;
    }
    if (best == nullptr)
      continue;
    least = pixel_rate(best->choice);
    out.levels.push_back({budget, best->choice});
  }
  return out;
}

} // namespace ecco
