// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/policy/sampling.hpp"

namespace ecco {

namespace {

/// A change of rate that is not worth a message.
constexpr double small_change = .1;

sampling_cost cost_of(const sampler_options& options) {
  sampling_cost out;
  const auto& split = options.whole.split;
  out.duty = split.cycle > 0 && split.train > 0 ? static_cast<double>(split.train) / split.cycle : 1;
  out.input = options.input;
  return out;
}

bool is_news(const sampling_plan& before, const sampling_plan& now) {
  auto but_for_rate = now;
  but_for_rate.train_fps = before.train_fps;
  return but_for_rate != before || std::abs(now.train_fps - before.train_fps) >= small_change * before.train_fps;
}

} // namespace

sampler::sampler(sampler_options options)
    : options_(std::move(options)), grid_(make_sampling_grid({options_.whole.width, options_.whole.height})) {
  const auto cost = cost_of(options_);
  stationary_ = options_.tables.stationary.value_or(default_table(grid_, camera_motion::stationary, cost));
  mobile_ = options_.tables.mobile.value_or(default_table(grid_, camera_motion::mobile, cost));
}

void sampler::hear(const gpu_share& share) {
  budget of{seconds_of(share.c) / seconds_of(options_.window), cost_of(options_)};
  of.cost.pixels_per_second = share.pixels_per_second;
  of.cost.labels_per_second = share.labels_per_second;
  shares_[share.group] = of;
}

const sampling_table& sampler::table_of(const camera_id& camera) const {
  if (const auto own = options_.tables.cameras.find(camera); own != options_.tables.cameras.end())
    return own->second;
  return options_.mobile.contains(camera) ? mobile_ : stationary_;
}

sampling_choice sampler::whole_choice(const camera_id& camera, const budget& of) {
  const auto from = choose(table_of(camera), of.cost, of.devices);
  return options_.refine ? refined(camera, from, of) : from;
}

sampling_choice sampler::refined(const camera_id& camera, const sampling_choice& from, const budget& of) {
  const auto& table = table_of(camera);
  const auto level = std::find_if(table.levels.begin(), table.levels.end(),
                                  [&](const sampling_level& each) { return each.choice == from; });
  const auto pixels = of.devices * of.cost.pixels_per_second;
  if (level == table.levels.end() || pixels < level->budget)
    return from; // below the lowest level there is nothing to choose
  // A configuration costs what its pixels cost at the table's: with as many passes over each.
  const auto worth = [&](const sampling_choice& choice) { return choice.fps * of.cost.trained_pixels(choice.size); };
  const auto most = worth(from) * (level->budget > 0 ? pixels / level->budget : 1);
  const auto can_pay = [&](const sampling_choice& choice) {
    return worth(choice) <= most && of.cost.labelling(choice) <= table.label_part * of.devices;
  };
  auto& of_camera = searches_[camera];
  auto& refiner =
      of_camera.by_level
          .try_emplace(level->budget, grid_, from, seed_for(options_.seed, camera.value + to_text(level->budget)))
          .first->second;
  if (!of_camera.now || of_camera.now->first != level->budget)
    of_camera.now = {level->budget, refiner.next(can_pay)};
  const auto& found = of_camera.now->second;
  return can_pay(found) ? found : from;
}

sampling_plan sampler::decide(const camera_id& camera, group_id group, std::uint32_t members) {
  const auto share = shares_.find(group);
  if (options_.mode != sampling_mode::table || share == shares_.end() || share->second.cost.pixels_per_second <= 0)
    return share_plan(options_.whole, members);
  const auto one = divide(whole_choice(camera, share->second), grid_, share->second.cost, members);
  auto out = options_.whole;
  out.train_fps = one.fps;
  out.width = one.size.width;
  out.height = one.size.height;
  return out;
}

sampling_plan sampler::plan(const camera_id& camera, group_id group, std::uint32_t members) {
  return told_[camera] = decide(camera, group, members);
}

std::optional<sampling_plan> sampler::news(const camera_id& camera, group_id group, std::uint32_t members) {
  const auto before = told_.find(camera);
  const auto now = decide(camera, group, members);
  if (before != told_.end() && !is_news(before->second, now))
    return {};
  told_[camera] = now;
  return now;
}

void sampler::scored(const camera_id& camera, double accuracy) {
  const auto found = searches_.find(camera);
  if (found == searches_.end())
    return;
  auto& of = found->second;
  if (of.now && of.accuracy)
    of.by_level.at(of.now->first).learn(accuracy - *of.accuracy);
  of.accuracy = std::isfinite(accuracy) ? std::optional{accuracy} : std::nullopt;
  of.now.reset();
}

void sampler::renewed(const camera_id& camera) {
  const auto found = searches_.find(camera);
  if (found == searches_.end())
    return;
  for (auto& [level, refiner] : found->second.by_level)
    refiner.reset();
  found->second.accuracy.reset();
  found->second.now.reset();
}

} // namespace ecco
