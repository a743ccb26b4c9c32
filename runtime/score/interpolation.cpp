// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/interpolation.hpp"

#include <algorithm>
#include <limits>

namespace ecco {

double count_objects(const category_matches& category, std::size_t area, image_weights weights) {
  double sum = 0;
  for (const auto& o : category.objects)
    if (o.counted >> area & 1)
      sum += weights[o.image];
  return sum;
}

void interpolation::operator()(const category_matches& category, std::size_t area, image_weights weights,
                               double objects, std::span<precision_row> rows) {
  for (auto& c : curves_) {
    c.right = c.wrong = 0;
    c.points.clear();
  }
  const auto wanted = static_cast<threshold_set>((1u << rows.size()) - 1);
  const auto& verdicts = category.verdicts[area];
  double always_wrong = 0; // most detections are
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const auto [right, ignored] = verdicts[i];
    const auto weight = weights[category.image[i]];
    if (((right | ignored) & wanted) == 0) {
      always_wrong += weight;
      continue;
    }
    if ((ignored & wanted) == wanted || weight == 0)
      continue;
    for (std::size_t t = 0; t < rows.size(); ++t) {
      auto& c = curves_[t];
      if (right >> t & 1) {
        c.right += weight;
        c.points.push_back(
            {c.right / objects,
             c.right / (always_wrong + c.wrong + c.right + std::numeric_limits<double>::epsilon())});
      } else if (!(ignored >> t & 1)) {
        c.wrong += weight;
      }
    }
  }
  for (std::size_t t = 0; t < rows.size(); ++t)
    curves_[t].fill(rows[t]);
}

void interpolation::curve::fill(precision_row& row) {
  for (auto i = points.size(); i-- > 1;)
    points[i - 1].precision = std::max(points[i - 1].precision, points[i].precision);
  auto next = points.begin();
  for (std::size_t r = 0; r < recall_points; ++r) {
    while (next != points.end() && next->recall < recall_at(r))
      ++next;
    row[r] = next == points.end() ? 0 : next->precision;
  }
}

} // namespace ecco
