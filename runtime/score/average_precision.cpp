// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/average_precision.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "runtime/score/matching.hpp"

namespace ecco {

namespace {

constexpr auto undefined = std::numeric_limits<double>::quiet_NaN();

/// A detection among all those of its class, and the block that it is resampled with.
struct ranked {
  float score = 0;
  std::uint16_t right = 0, ignored = 0;
  std::uint32_t block = 0;
};

/// Everything known of one class: its detections over all frames, surest first, and its counted labels.
struct class_ranking {
  std::vector<ranked> detections;
  /// Counted labels in each block.
  std::vector<std::uint32_t> objects;
};

/// All frames matched once. Weighing its blocks gives the average precision of any resample.
struct ranking {
  std::vector<class_ranking> classes;
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

/// Where each class with counted labels is kept; `no_slot` for all others.
constexpr std::size_t no_slot = std::numeric_limits<std::size_t>::max();

std::vector<std::size_t> class_slots(std::span<const frame_match> matches, std::size_t& classes) {
  std::vector<std::size_t> slots(std::numeric_limits<std::uint16_t>::max() + 1u, no_slot);
  classes = 0;
  for (const auto& m : matches)
    for (auto class_id : m.objects)
      if (slots[class_id] == no_slot)
        slots[class_id] = classes++;
  return slots;
}

ranking rank(std::span<const frame_detections> frames) {
  ranking result;
  auto blocks = block_indices(frames, result.blocks);
  std::vector<frame_match> matches;
  matches.reserve(frames.size());
  for (const auto& f : frames)
    matches.push_back(match_frame(f.seen, f.truth));
  std::size_t classes = 0;
  auto slots = class_slots(matches, classes);
  result.classes.resize(classes);
  for (auto& c : result.classes)
    c.objects.resize(result.blocks);
  for (std::size_t i = 0; i < matches.size(); ++i) {
    for (auto class_id : matches[i].objects)
      ++result.classes[slots[class_id]].objects[blocks[i]];
    for (const auto& o : matches[i].outcomes)
      if (slots[o.class_id] != no_slot)
        result.classes[slots[o.class_id]].detections.push_back({o.score, o.right, o.ignored, blocks[i]});
    result.objects += static_cast<std::uint32_t>(matches[i].objects.size());
  }
  for (auto& c : result.classes)
    std::stable_sort(c.detections.begin(), c.detections.end(),
                     [](const ranked& a, const ranked& b) { return a.score > b.score; });
  return result;
}

/// Average precision of one class at one threshold, each block counted `weights[block]` times: COCO's
/// accumulate. Recall only moves at right detections, so precision is needed only there.
double class_precision(const class_ranking& c, double objects, unsigned bit, std::span<const double> weights,
                       std::vector<std::pair<double, double>>& curve) {
  curve.clear();
  double right = 0, wrong = 0;
  for (const auto& d : c.detections) {
    auto weight = weights[d.block];
    if (weight == 0 || (d.ignored & bit))
      continue;
    if (d.right & bit) {
      right += weight;
      curve.emplace_back(right / objects, right / (wrong + right + std::numeric_limits<double>::epsilon()));
    } else {
      wrong += weight;
    }
  }
  for (auto i = curve.size(); i-- > 1;)
    curve[i - 1].second = std::max(curve[i - 1].second, curve[i].second);
  double sum = 0;
  std::size_t next = 0;
  for (int r = 0; r <= 100; ++r) {
    // COCO's own doubles: r * .01 is not r / 100, and the difference moves a recall of exactly .35.
    auto recall = r * 0.01;
    while (next < curve.size() && curve[next].first < recall)
      ++next;
    if (next == curve.size())
      break;
    sum += curve[next].second;
  }
  return sum / 101;
}

/// Mean over the classes with objects of the mean over the thresholds [0, thresholds).
double mean_precision(const ranking& all, std::size_t thresholds, std::span<const double> weights) {
  double sum = 0;
  std::size_t classes = 0;
  std::vector<std::pair<double, double>> curve;
  for (const auto& c : all.classes) {
    double objects = 0;
    for (std::size_t b = 0; b < c.objects.size(); ++b)
      objects += weights[b] * c.objects[b];
    if (objects == 0)
      continue;
    ++classes;
    for (std::size_t t = 0; t < thresholds; ++t)
      sum += class_precision(c, objects, 1u << t, weights, curve);
  }
  return classes == 0 ? undefined : sum / static_cast<double>(classes * thresholds);
}

precision_summary summarise(const ranking& all) {
  std::vector<double> once(all.blocks, 1.0);
  return {mean_precision(all, 1, once), mean_precision(all, iou_thresholds.size(), once), all.objects};
}

/// Standard deviation of map50 over resamples of the blocks. Fewer than two blocks say nothing about the
/// spread; half the range is the most that it can be.
double bootstrap(const ranking& all) {
  constexpr int resamples = 100;
  constexpr double unknown = 0.5;
  if (all.blocks < 2)
    return unknown;
  std::mt19937 random{20260107};
  std::vector<double> weights(all.blocks);
  int defined = 0;
  double mean = 0, squares = 0; // Welford
  for (int i = 0; i < resamples; ++i) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::uint32_t b = 0; b < all.blocks; ++b)
      weights[random() % all.blocks] += 1; // not uniform_int_distribution: it differs between libraries
    auto value = mean_precision(all, 1, weights);
    if (std::isnan(value))
      continue;
    auto off = value - mean;
    mean += off / ++defined;
    squares += off * (value - mean);
  }
  return defined < 2 ? unknown : std::sqrt(squares / (defined - 1));
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
    score.standard_error = bootstrap(all);
  return score;
}

double mean_map50(std::span<const camera_score> scores) {
  double sum = 0;
  int defined = 0;
  for (const auto& s : scores) {
    if (std::isnan(s.map50))
      continue;
    sum += s.map50;
    ++defined;
  }
  return defined == 0 ? undefined : sum / defined;
}

} // namespace ecco
