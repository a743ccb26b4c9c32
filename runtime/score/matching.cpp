// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/matching.hpp"

#include <algorithm>

namespace ecco {

namespace {

/// The thresholds that `overlap` reaches.
threshold_set reached(double overlap) {
  threshold_set set = 0;
  for (std::size_t t = 0; t < iou_thresholds.size(); ++t)
    set |= static_cast<threshold_set>((overlap >= iou_thresholds[t]) << t);
  return set;
}

/// Takes what is free of the objects whose `ignored` is as given, at the thresholds in `open`.
threshold_set take(std::span<const rival> rivals, std::span<object_state> objects, bool ignored,
                   threshold_set open) {
  threshold_set taken = 0;
  for (const auto& r : rivals) {
    auto& object = objects[r.object];
    if (object.ignored != ignored)
      continue;
    const auto free = object.crowd ? all_thresholds : static_cast<threshold_set>(~object.taken);
    const auto mine = static_cast<threshold_set>(reached(r.overlap) & free & open & ~taken);
    object.taken |= mine;
    taken |= mine;
  }
  return taken;
}

} // namespace

void sort_by_preference(std::vector<rival>& rivals) {
  std::sort(rivals.begin(), rivals.end(), [](const rival& a, const rival& b) {
    return a.overlap != b.overlap ? a.overlap > b.overlap : a.object > b.object;
  });
}

verdict match(std::span<const rival> rivals, std::span<object_state> objects) {
  verdict result;
  result.right = take(rivals, objects, false, all_thresholds);
  result.ignored = take(rivals, objects, true, static_cast<threshold_set>(all_thresholds & ~result.right));
  return result;
}

} // namespace ecco
