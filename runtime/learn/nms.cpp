// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/nms.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/score/iou.hpp"

namespace ecco {

namespace {

bool is_finite(const detection& d) {
  return std::isfinite(d.score) && std::isfinite(d.where.x1) && std::isfinite(d.where.y1)
         && std::isfinite(d.where.x2) && std::isfinite(d.where.y2);
}

} // namespace

std::vector<detection> non_maximum_suppression(std::vector<detection> candidates, float max_iou,
                                               std::size_t max_detections) {
  std::erase_if(candidates, [](const detection& d) { return !is_finite(d); });
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const detection& a, const detection& b) { return a.score > b.score; });
  std::vector<detection> kept;
  for (const auto& candidate : candidates) {
    if (kept.size() == max_detections)
      break;
    auto hides = [&](const detection& better) {
      return better.class_id == candidate.class_id && iou(better.where, candidate.where) > max_iou;
    };
    if (std::none_of(kept.begin(), kept.end(), hides))
      kept.push_back(candidate);
  }
  return kept;
}

} // namespace ecco
