// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/iou.hpp"

#include <algorithm>

namespace ecco {

double area(const box& b) {
  return (double{b.x2} - b.x1) * (double{b.y2} - b.y1);
}

double intersection(const box& a, const box& b) {
  auto width = double{std::min(a.x2, b.x2)} - std::max(a.x1, b.x1);
  auto height = double{std::min(a.y2, b.y2)} - std::max(a.y1, b.y1);
  return width > 0 && height > 0 ? width * height : 0;
}

double iou(const box& a, const box& b) {
  auto shared = intersection(a, b);
  return shared > 0 ? shared / (area(a) + area(b) - shared) : 0;
}

double covered(const box& seen, const box& region) {
  auto shared = intersection(seen, region);
  return shared > 0 ? shared / area(seen) : 0;
}

} // namespace ecco
