// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/average_precision.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "runtime/score/bootstrap.hpp"
#include "runtime/score/camera_mean.hpp"
#include "runtime/score/coco_match.hpp"
#include "runtime/score/interpolation.hpp"
#include "runtime/score/outline_mask.hpp"

namespace ecco {

namespace {

constexpr auto undefined = std::numeric_limits<double>::quiet_NaN();

/// All frames matched once. Weighing its blocks gives the average precision of any resample.
struct ranking {
  /// Frames are told apart by block only.
  coco_matches matches;
  std::uint32_t blocks = 0;
  std::uint32_t objects = 0;
};

/// Numbers the blocks 0, 1, ... in the order of their names.
std::vector<std::uint32_t> block_indices(std::span<const frame_detections> frames, std::uint32_t& blocks) {
  std::vector<std::uint64_t> names;
  names.reserve(frames.size());
  for (const auto& f : frames)
    names.push_back(f.block);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  blocks = static_cast<std::uint32_t>(names.size());
  std::vector<std::uint32_t> indices;
  indices.reserve(frames.size());
  for (const auto& f : frames)
    indices.push_back(
        static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), f.block) - names.begin()));
  return indices;
}

/// Numbers the classes with counted labels 0, 1, ..., by frame and then by class; all others have
/// `no_category`.
constexpr std::uint32_t no_category = std::numeric_limits<std::uint32_t>::max();

std::vector<std::uint32_t> category_numbers(std::span<const frame_detections> frames,
                                            std::uint32_t& categories) {
  std::vector<std::uint32_t> numbers(std::numeric_limits<std::uint16_t>::max() + 1u, no_category);
  categories = 0;
  std::vector<std::uint16_t> unknown;
  for (const auto& f : frames) {
    unknown.clear();
    for (const auto& l : f.truth)
      if (!l.ignore && numbers[l.class_id] == no_category)
        unknown.push_back(l.class_id);
    std::sort(unknown.begin(), unknown.end());
    for (const auto class_id : unknown)
      if (numbers[class_id] == no_category)
        numbers[class_id] = categories++;
  }
  return numbers;
}

pixel_box as_pixel_box(const box& b) {
  return {b.x1, b.y1, double{b.x2} - b.x1, double{b.y2} - b.y1};
}

/// Outlines are compared on this many pixels along either side, whatever the size of the picture: overlaps do
/// not depend on the unit of length.
constexpr std::uint32_t mask_side = 1024;

bool has_masks(std::span<const frame_detections> frames) {
  return std::any_of(frames.begin(), frames.end(), [](const frame_detections& f) {
    return std::any_of(f.truth.begin(), f.truth.end(),
                       [](const label& l) { return !l.ignore && !l.shape.empty(); });
  });
}

rle drawn(const detection& d) {
  return mask_of(d.shape, mask_side, mask_side);
}

rle drawn(const label& l) {
  return l.shape.empty() ? mask_of(l.where, mask_side, mask_side) : mask_of(l.shape, mask_side, mask_side);
}

/// The frames as COCO would have them. Overlaps do not depend on the unit of length; areas are not asked for.
coco_scene as_scene(std::span<const frame_detections> frames) {
  coco_scene scene;
  scene.images = static_cast<std::uint32_t>(frames.size());
  const auto numbers = category_numbers(frames, scene.categories);
  std::size_t labels = 0, detections = 0;
  for (const auto& f : frames) {
    labels += f.truth.size();
    detections += f.seen.size();
  }
  scene.objects.reserve(labels);
  scene.detections.reserve(detections);
  const auto masks = has_masks(frames);
  for (std::uint32_t i = 0; i < scene.images; ++i) {
    for (const auto& l : frames[i].truth)
      if (numbers[l.class_id] != no_category) {
        const auto region = l.ignore || (masks && l.shape.empty());
        scene.objects.push_back({i, numbers[l.class_id], as_pixel_box(l.where), 0, region});
        if (masks)
          scene.object_masks.push_back(drawn(l));
      }
    for (const auto& d : frames[i].seen)
      if (numbers[d.class_id] != no_category && std::isfinite(d.score)) {
        scene.detections.push_back({i, numbers[d.class_id], as_pixel_box(d.where), 0, d.score});
        if (masks)
          scene.detection_masks.push_back(drawn(d));
      }
  }
  return scene;
}

ranking rank(std::span<const frame_detections> frames) {
  ranking result;
  const auto scene = as_scene(frames);
  result.objects = static_cast<std::uint32_t>(
      std::count_if(scene.objects.begin(), scene.objects.end(), [](const auto& o) { return !o.crowd; }));
  result.matches = match(scene, std::span{coco_areas}.first(1));
  const auto blocks = block_indices(frames, result.blocks);
  for (auto& c : result.matches.categories) {
    for (auto& image : c.image)
      image = blocks[image];
    for (auto& object : c.objects)
      object.image = blocks[object.image];
  }
  return result;
}

/// Means over the classes with objects: at the lowest threshold, and over the lowest `thresholds`.
precision_summary mean_precision(const ranking& all, std::size_t thresholds,
                                 std::span<const double> weights) {
  double sum50 = 0, sum = 0;
  std::size_t classes = 0;
  interpolation interpolate;
  std::array<precision_row, iou_thresholds.size()> rows;
  for (const auto& c : all.matches.categories) {
    const auto objects = count_objects(c, 0, weights);
    if (objects == 0)
      continue;
    ++classes;
    interpolate(c, 0, weights, objects, std::span{rows}.first(thresholds));
    for (std::size_t t = 0; t < thresholds; ++t) {
      const auto precision = std::accumulate(rows[t].begin(), rows[t].end(), 0.0) / recall_points;
      sum50 += t == 0 ? precision : 0;
      sum += precision;
    }
  }
  if (classes == 0)
    return {undefined, undefined, all.objects};
  return {sum50 / static_cast<double>(classes), sum / static_cast<double>(classes * thresholds), all.objects};
}

precision_summary summarise(const ranking& all) {
  const std::vector<double> once(all.blocks, 1.0);
  return mean_precision(all, iou_thresholds.size(), once);
}

} // namespace

precision_summary average_precision(std::span<const frame_detections> frames) {
  return summarise(rank(frames));
}

camera_score score_camera(const camera_id& camera, std::span<const frame_detections> frames) {
  auto all = rank(frames);
  auto precision = summarise(all);
  camera_score score{camera, precision.map50, precision.map, undefined, 0, precision.objects};
  score.frames = static_cast<std::uint32_t>(frames.size());
  if (precision.objects > 0)
    score.standard_error = standard_error(
        all.blocks, [&](std::span<const double> weights) { return mean_precision(all, 1, weights).map50; });
  return score;
}

precision_change change_between(std::span<const frame_detections> before,
                                std::span<const frame_detections> after) {
  const auto one = rank(before), other = rank(after);
  if (one.objects == 0)
    return {undefined, undefined};
  const auto gain = [&](std::span<const double> weights) {
    return mean_precision(other, 1, weights).map50 - mean_precision(one, 1, weights).map50;
  };
  return {gain(std::vector<double>(one.blocks, 1.0)), standard_error(one.blocks, gain)};
}

double mean_map50(std::span<const camera_score> scores) {
  camera_mean mean;
  for (const auto& s : scores)
    mean.add(s.map50);
  return mean.value();
}

} // namespace ecco
