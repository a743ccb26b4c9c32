// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/nms.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/score/iou.hpp"

namespace ecco {

namespace {

bool is_finite(const detection& d) {
  return std::isfinite(d.score) && std::isfinite(d.where.x1) && std::isfinite(d.where.y1)
         && std::isfinite(d.where.x2) && std::isfinite(d.where.y2);
}

} // namespace

std::vector<std::size_t> survivors(std::span<const detection> candidates, float max_iou,
                                   std::size_t max_detections) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (is_finite(candidates[i]))
      order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return candidates[a].score > candidates[b].score; });
  std::vector<std::size_t> kept;
  for (const auto i : order) {
    if (kept.size() == max_detections)
      break;
    const auto hides = [&](std::size_t better) {
      return candidates[better].class_id == candidates[i].class_id
             && iou(candidates[better].where, candidates[i].where) > max_iou;
    };
    if (std::none_of(kept.begin(), kept.end(), hides))
      kept.push_back(i);
  }
  return kept;
}

std::vector<detection> non_maximum_suppression(std::vector<detection> candidates, float max_iou,
                                               std::size_t max_detections) {
  std::vector<detection> kept;
  for (const auto i : survivors(candidates, max_iou, max_detections))
    kept.push_back(std::move(candidates[i]));
  return kept;
}

} // namespace ecco
