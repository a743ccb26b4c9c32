// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/share_correction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ecco {

namespace {

/// What was measured long ago counts less and less, so that a link that got worse is found out.
constexpr double best_fades = 0.98;
/// A weight that changed by more than this makes the rates before it no measure any more.
constexpr double another_weight = 0.1;
/// This far beyond its limit, a camera has none.
constexpr double freed = 1.1;

} // namespace

std::vector<double> fill(double total, std::span<const claim> claims) {
  constexpr auto unlimited = std::numeric_limits<double>::infinity();
  const auto level_of = [&](std::size_t i) { return claims[i].cap ? *claims[i].cap / claims[i].weight : unlimited; };
  std::vector<std::size_t> order(claims.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // By value alone, and so the same whatever the order: the sums below depend on it.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return level_of(a) != level_of(b) ? level_of(a) < level_of(b) : claims[a].weight < claims[b].weight;
  });
  std::vector<double> weight_from(claims.size() + 1, 0);
  for (auto i = claims.size(); i > 0; --i)
    weight_from[i - 1] = weight_from[i] + claims[order[i - 1]].weight;
  // The level of the water: what a unit of weight gets of what the caps below it leave.
  auto level = unlimited, left = std::max(total, 0.0);
  for (std::size_t i = 0; i < order.size() && level == unlimited; ++i)
    if (const auto rest = left / weight_from[i]; level_of(order[i]) < rest)
      left -= std::max(*claims[order[i]].cap, 0.0);
    else
      level = rest;
  // Each from the level alone, so that equal claims get equal parts.
  std::vector<double> out;
  for (const auto& one : claims)
    out.push_back(one.cap ? std::min(level * one.weight, std::max(*one.cap, 0.0)) : level * one.weight);
  return out;
}

void share_correction::set_weights(const std::map<camera_id, double>& weights) {
  std::erase_if(cameras_, [&](const auto& entry) { return !weights.contains(entry.first); });
  for (const auto& [id, weight] : weights) {
    if (!(weight > 0) || !std::isfinite(weight)) {
      cameras_.erase(id);
      continue;
    }
    auto [found, fresh] = cameras_.try_emplace(id);
    auto& one = found->second;
    if (!fresh && std::abs(weight / one.weight - 1) > another_weight) {
      one.best = 0;
      one.best_at = one.correction;
    }
    one.weight = weight;
  }
}

void share_correction::correct(const std::map<camera_id, double>& measured) {
  for (auto& [id, one] : cameras_) {
    const auto found = measured.find(id);
    one.measured = found == measured.end() || !(found->second > 0) || !std::isfinite(found->second) ? 0 : found->second;
    if (one.limit && one.measured > freed * *one.limit)
      one.limit.reset();
    else if (one.limit)
      one.limit = std::max(best_fades * *one.limit, one.measured);
  }
  const auto goals = wanted();
  auto goal = goals.begin();
  for (auto& [id, one] : cameras_) {
    const auto want = *goal++;
    look_for_limit(one, want);
    if (one.limit && want >= *one.limit)
      continue;
    const auto ratio = one.measured > 0 ? want / one.measured : options_.most;
    one.correction *= std::pow(std::clamp(ratio, options_.least, options_.most), options_.power);
    one.correction = std::clamp(one.correction, 1 / options_.widest, options_.widest);
  }
}

void share_correction::look_for_limit(camera& one, double want) const {
  one.best *= best_fades;
  // The measure is renewed by clearly more, or by as much for no more weight; small gains must not hide that much
  // weight brought little.
  if (one.measured > options_.gained * one.best || (one.correction <= one.best_at && one.measured >= one.best)) {
    one.best = one.measured;
    one.best_at = one.correction;
  }
  if (one.limit || one.measured >= want || one.correction < options_.in_vain * one.best_at)
    return;
  one.limit = std::max(one.best, one.measured);
  one.correction = one.best_at;
}

std::vector<double> share_correction::wanted() const {
  std::vector<claim> claims;
  double total = 0;
  for (const auto& [id, one] : cameras_) {
    claims.push_back({one.weight, one.limit});
    total += one.measured;
  }
  return fill(total, claims);
}

std::map<camera_id, share_correction::standing> share_correction::standings() const {
  double total = 0, increases = 0;
  for (const auto& [id, one] : cameras_) {
    total += one.measured;
    increases += one.weight * one.correction;
  }
  const auto goals = wanted();
  auto goal = goals.begin();
  std::map<camera_id, standing> out;
  for (const auto& [id, one] : cameras_) {
    const auto want = *goal++;
    out[id] = {total > 0 ? want / total : 0, total > 0 ? one.measured / total : 0,
               static_cast<double>(cameras_.size()) * one.weight * one.correction / increases, one.limit.has_value()};
  }
  return out;
}

} // namespace ecco
