// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/nms.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

bool is_finite(const detection& d) {
  return std::isfinite(d.score) && std::isfinite(d.where.x1) && std::isfinite(d.where.y1)
         && std::isfinite(d.where.x2) && std::isfinite(d.where.y2);
}

float area(const box& b) {
  return std::max(0.F, b.x2 - b.x1) * std::max(0.F, b.y2 - b.y1);
}

bool overlap_by_more_than(float iou, const box& a, const box& b) {
  auto shared =
      area({std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2)});
  return shared > iou * (area(a) + area(b) - shared);
}

} // namespace

std::vector<detection> non_maximum_suppression(std::vector<detection> candidates, float iou,
                                               std::size_t max_detections) {
  std::erase_if(candidates, [](const detection& d) { return !is_finite(d); });
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const detection& a, const detection& b) { return a.score > b.score; });
  std::vector<detection> kept;
  for (const auto& candidate : candidates) {
    if (kept.size() == max_detections)
      break;
    auto hides = [&](const detection& better) {
      return better.class_id == candidate.class_id
             && overlap_by_more_than(iou, better.where, candidate.where);
    };
    if (std::none_of(kept.begin(), kept.end(), hides))
      kept.push_back(candidate);
  }
  return kept;
}

} // namespace ecco
