// SPDX-License-Identifier: Apache-2.0
#include "runtime/score/matching.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/score/iou.hpp"

namespace ecco {

namespace {

/// A label that overlaps the detection at hand enough for at least the lowest threshold.
struct rival {
  std::size_t index;
  double overlap;
};

/// The labels of one class in one frame, counted ones first, and at which thresholds each is taken.
struct class_labels {
  std::vector<const label*> all;
  std::size_t counted = 0;
  std::vector<std::uint16_t> taken;
};

std::vector<const detection*> by_class_and_score(std::span<const detection> seen) {
  std::vector<const detection*> order;
  order.reserve(seen.size());
  for (const auto& d : seen)
    if (std::isfinite(d.score))
      order.push_back(&d);
  std::stable_sort(order.begin(), order.end(), [](const detection* a, const detection* b) {
    return a->class_id != b->class_id ? a->class_id < b->class_id : a->score > b->score;
  });
  return order;
}

std::vector<const label*> by_class_counted_first(std::span<const label> truth) {
  std::vector<const label*> order;
  order.reserve(truth.size());
  for (const auto& l : truth)
    order.push_back(&l);
  std::stable_sort(order.begin(), order.end(), [](const label* a, const label* b) {
    return a->class_id != b->class_id ? a->class_id < b->class_id : a->ignore < b->ignore;
  });
  return order;
}

void find_rivals(const box& seen, const class_labels& labels, std::vector<rival>& out) {
  out.clear();
  for (std::size_t i = 0; i < labels.all.size(); ++i) {
    const auto& region = labels.all[i]->where;
    auto overlap = i < labels.counted ? iou(seen, region) : covered(seen, region);
    if (overlap >= iou_thresholds.front())
      out.push_back({i, overlap});
  }
}

/// Chooses at one threshold. Counted labels come first, so the first ignored one ends the search once a
/// counted one is found.
const rival* choose(std::span<const rival> rivals, const class_labels& labels, double threshold,
                    unsigned bit) {
  const rival* best = nullptr;
  auto least = std::min(threshold, 1 - 1e-10);
  for (const auto& r : rivals) {
    auto ignored = r.index >= labels.counted;
    if (!ignored && (labels.taken[r.index] & bit))
      continue;
    if (ignored && best && best->index < labels.counted)
      break;
    if (r.overlap < least)
      continue;
    least = r.overlap;
    best = &r;
  }
  return best;
}

outcome judge(const detection& seen, std::span<const rival> rivals, class_labels& labels) {
  outcome result{seen.class_id, seen.score, 0, 0};
  if (rivals.empty())
    return result;
  for (std::size_t t = 0; t < iou_thresholds.size(); ++t) {
    auto bit = static_cast<std::uint16_t>(1u << t);
    const auto* match = choose(rivals, labels, iou_thresholds[t], bit);
    if (!match)
      continue; // not break: a label taken here by a surer detection may be free at a higher threshold
    if (match->index < labels.counted) {
      result.right |= bit;
      labels.taken[match->index] |= bit;
    } else {
      result.ignored |= bit;
    }
  }
  return result;
}

} // namespace

frame_match match_frame(std::span<const detection> seen, std::span<const label> truth) {
  auto detections = by_class_and_score(seen);
  auto truths = by_class_counted_first(truth);
  frame_match result;
  result.outcomes.reserve(detections.size());
  for (const auto* l : truths)
    if (!l->ignore)
      result.objects.push_back(l->class_id);

  class_labels labels;
  std::vector<rival> rivals;
  auto next_label = truths.begin();
  for (auto first = detections.begin(); first != detections.end();) {
    auto class_id = (*first)->class_id;
    auto last = std::find_if(first, detections.end(), [=](auto* d) { return d->class_id != class_id; });
    auto from = std::find_if(next_label, truths.end(), [=](auto* l) { return l->class_id >= class_id; });
    next_label = std::find_if(from, truths.end(), [=](auto* l) { return l->class_id != class_id; });
    labels.all.assign(from, next_label);
    labels.counted =
        static_cast<std::size_t>(std::count_if(from, next_label, [](auto* l) { return !l->ignore; }));
    labels.taken.assign(labels.all.size(), 0);
    auto end = first + std::min<std::ptrdiff_t>(last - first, max_detections);
    for (; first != end; ++first) {
      find_rivals((*first)->where, labels, rivals);
      result.outcomes.push_back(judge(**first, rivals, labels));
    }
    first = last;
  }
  return result;
}

} // namespace ecco
