// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/coco_figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "runtime/score/bootstrap.hpp"
#include "runtime/score/interpolation.hpp"
#include "runtime/score/parallel.hpp"

namespace ecco {

namespace {

constexpr auto undefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t thresholds = iou_thresholds.size();
/// Places of 0.5 and 0.75 among the thresholds.
constexpr std::size_t at50 = 0, at75 = 5;
static_assert(iou_thresholds[at50] == 0.5 && iou_thresholds[at75] == 0.75);

/// Adds in the order of numpy's pairwise summation, so that means agree to the last bit: halves of at most
/// 128 numbers, each in eight columns.
double sum(std::span<const double> values) {
  constexpr std::size_t columns = 8, block = 128;
  const auto count = values.size();
  if (count > block) {
    const auto half = count / 2 - count / 2 % columns;
    return sum(values.first(half)) + sum(values.subspan(half));
  }
  double rest = 0;
  std::size_t i = 0;
  if (count >= columns) {
    std::array<double, columns> s{};
    std::copy_n(values.begin(), columns, s.begin());
    for (i = columns; i + columns <= count; i += columns)
      for (std::size_t c = 0; c < columns; ++c)
        s[c] += values[i + c];
    rest = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
  }
  for (; i < count; ++i)
    rest += values[i];
  return rest;
}

double mean(std::span<const double> values) {
  return values.empty() ? undefined : sum(values) / static_cast<double>(values.size());
}

/// One category's precision and recall within one area range.
struct category_curves {
  double objects = 0;
  std::array<precision_row, thresholds> precision{};
  /// With at most 1, 10 and 100 detections an image.
  std::array<std::array<double, thresholds>, 3> recall{};
};

void add_recall(const category_matches& category, std::size_t area, image_weights weights,
                category_curves& out) {
  for (std::size_t i = 0; i < category.image.size(); ++i) {
    const auto right = category.verdicts[area][i].right;
    if (right == 0)
      continue;
    const auto weight = weights[category.image[i]];
    const std::size_t first = category.rank[i] < 1 ? 0 : category.rank[i] < 10 ? 1 : 2;
    for (std::size_t t = 0; t < thresholds; ++t)
      if (right >> t & 1)
        for (auto m = first; m < out.recall.size(); ++m)
          out.recall[m][t] += weight;
  }
  for (auto& row : out.recall)
    for (auto& r : row)
      r /= out.objects;
}

category_curves curves_of(const category_matches& category, std::size_t area, image_weights weights) {
  category_curves out;
  out.objects = count_objects(category, area, weights);
  if (out.objects == 0)
    return out;
  interpolation{}(category, area, weights, out.objects, out.precision);
  add_recall(category, area, weights, out);
  return out;
}

/// The figures of one area range.
struct area_figures {
  double ap = undefined, ap50 = undefined, ap75 = undefined;
  std::array<double, 3> ar{undefined, undefined, undefined};
};

/// Means over the categories with objects; in numpy's order: by threshold, by recall, by category.
area_figures means_of(std::span<const category_curves> categories) {
  std::vector<const category_curves*> with_objects;
  for (const auto& c : categories)
    if (c.objects > 0)
      with_objects.push_back(&c);
  std::vector<double> precision;
  precision.reserve(thresholds * recall_points * with_objects.size());
  for (std::size_t t = 0; t < thresholds; ++t)
    for (std::size_t r = 0; r < recall_points; ++r)
      for (const auto* c : with_objects)
        precision.push_back(c->precision[t][r]);
  const auto row = recall_points * with_objects.size();
  area_figures f;
  f.ap = mean(precision);
  f.ap50 = mean(std::span{precision}.subspan(at50 * row, row));
  f.ap75 = mean(std::span{precision}.subspan(at75 * row, row));
  std::vector<double> recall;
  for (std::size_t m = 0; m < f.ar.size(); ++m) {
    recall.clear();
    for (std::size_t t = 0; t < thresholds; ++t)
      for (const auto* c : with_objects)
        recall.push_back(c->recall[m][t]);
    f.ar[m] = mean(recall);
  }
  return f;
}

/// Puts the figures of the area range of this number where they belong.
void put(const area_figures& f, std::size_t area, coco_figures& out) {
  switch (area) {
    case 0:
      out.ap = f.ap, out.ap50 = f.ap50, out.ap75 = f.ap75;
      out.ar1 = f.ar[0], out.ar10 = f.ar[1], out.ar100 = f.ar[2];
      break;
    case 1: out.ap_small = f.ap, out.ar_small = f.ar[2]; break;
    case 2: out.ap_medium = f.ap, out.ar_medium = f.ar[2]; break;
    case 3: out.ap_large = f.ap, out.ar_large = f.ar[2]; break;
  }
}

/// Calls `visit(figure)` for every figure of a summary, in one order.
template <class Visit>
void for_each_figure(coco_summary& summary, Visit visit) {
  const auto each = [&](coco_figures& f) {
    for (auto* figure : {&f.ap, &f.ap50, &f.ap75, &f.ap_small, &f.ap_medium, &f.ap_large, &f.ar1, &f.ar10, &f.ar100,
                         &f.ar_small, &f.ar_medium, &f.ar_large})
      visit(*figure);
  };
  each(summary.all);
  std::for_each(summary.by_category.begin(), summary.by_category.end(), each);
}

} // namespace

coco_summary summarise(const coco_matches& matches, std::span<const double> weights, unsigned threads) {
  const std::vector<double> once(weights.empty() ? matches.images : 0, 1.0);
  const image_weights counting = weights.empty() ? image_weights{once} : weights;
  coco_summary summary;
  const auto categories = matches.categories.size();
  summary.by_category.resize(categories);
  std::vector<category_curves> curves(categories);
  for (std::size_t area = 0; area < coco_areas.size(); ++area) {
    for_each_index(categories, threads, [&](std::size_t c) {
      curves[c] = curves_of(matches.categories[c], area, counting);
      put(means_of(std::span{curves}.subspan(c, 1)), area, summary.by_category[c]);
    });
    put(means_of(curves), area, summary.all);
  }
  return summary;
}

coco_summary standard_errors(const coco_matches& matches, std::span<const std::uint32_t> blocks,
                             unsigned threads) {
  auto errors = summarise(matches, {}, threads);
  std::vector<double> image_weight(matches.images);
  const auto resampled = [&](std::span<const double> block_weight, std::span<double> values) {
    std::transform(blocks.begin(), blocks.end(), image_weight.begin(),
                   [&](auto b) { return block_weight[b]; });
    auto summary = summarise(matches, image_weight, threads);
    auto value = values.begin();
    for_each_figure(summary, [&](double figure) { *value++ = figure; });
  };
  std::size_t count = 0;
  for_each_figure(errors, [&](double) { ++count; });
  const auto blocks_in_all = blocks.empty() ? 0 : *std::max_element(blocks.begin(), blocks.end()) + 1;
  const auto found = standard_errors(blocks_in_all, count, resampled);
  auto error = found.begin();
  for_each_figure(errors, [&](double& figure) {
    figure = std::isnan(figure) ? undefined : *error;
    ++error;
  });
  return errors;
}

} // namespace ecco
