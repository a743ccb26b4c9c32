// SPDX-License-Identifier: Apache-2.0
#include "tests/score/coco_oracle.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace ecco::test {

namespace {

constexpr std::size_t T = 10, R = 101, max_det = 100;

/// COCO's record of one image and category: rows are thresholds, columns are detections.
struct image_eval {
  std::vector<double> scores;
  std::vector<std::vector<int>> matched; // 0, or the number of the label
  std::vector<std::vector<int>> ignored;
  std::vector<int> label_ignored;
};

std::vector<double> iou_grid() {
  std::vector<double> t;
  for (std::size_t i = 0; i + 1 < T; ++i)
    t.push_back(0.5 + static_cast<double>(i) * ((0.95 - 0.5) / 9));
  t.push_back(0.95);
  return t;
}

double overlap(const box& d, const label& g) {
  double w = double{std::min(d.x2, g.where.x2)} - double{std::max(d.x1, g.where.x1)};
  double h = double{std::min(d.y2, g.where.y2)} - double{std::max(d.y1, g.where.y1)};
  if (w <= 0 || h <= 0)
    return 0;
  double da = (double{d.x2} - d.x1) * (double{d.y2} - d.y1);
  double ga = (double{g.where.x2} - g.where.x1) * (double{g.where.y2} - g.where.y1);
  double i = w * h;
  return i / (g.ignore ? da : da + ga - i);
}

image_eval evaluate(const frame_detections& f, std::uint16_t cls) {
  std::vector<detection> dt;
  std::vector<label> gt;
  std::copy_if(f.seen.begin(), f.seen.end(), std::back_inserter(dt),
               [=](auto& d) { return d.class_id == cls; });
  std::copy_if(f.truth.begin(), f.truth.end(), std::back_inserter(gt),
               [=](auto& g) { return g.class_id == cls; });
  std::stable_sort(dt.begin(), dt.end(), [](auto& a, auto& b) { return -a.score < -b.score; });
  std::stable_sort(gt.begin(), gt.end(), [](auto& a, auto& b) { return a.ignore < b.ignore; });
  if (dt.size() > max_det)
    dt.resize(max_det);

  image_eval e;
  for (auto& d : dt)
    e.scores.push_back(d.score);
  for (auto& g : gt)
    e.label_ignored.push_back(g.ignore);
  e.matched.assign(T, std::vector<int>(dt.size(), 0));
  e.ignored.assign(T, std::vector<int>(dt.size(), 0));
  std::vector<std::vector<int>> label_matched(T, std::vector<int>(gt.size(), 0));
  auto thresholds = iou_grid();
  for (std::size_t t = 0; t < T; ++t)
    for (std::size_t d = 0; d < dt.size(); ++d) {
      double least = std::min(thresholds[t], 1 - 1e-10);
      int m = -1;
      for (std::size_t g = 0; g < gt.size(); ++g) {
        if (label_matched[t][g] > 0 && !gt[g].ignore)
          continue;
        if (m > -1 && !gt[static_cast<std::size_t>(m)].ignore && gt[g].ignore)
          break;
        double o = overlap(dt[d].where, gt[g]);
        if (o < least)
          continue;
        least = o;
        m = static_cast<int>(g);
      }
      if (m == -1)
        continue;
      e.ignored[t][d] = gt[static_cast<std::size_t>(m)].ignore;
      e.matched[t][d] = m + 1;
      label_matched[t][static_cast<std::size_t>(m)] = static_cast<int>(d) + 1;
    }
  return e;
}

/// The R interpolated precisions of one category at threshold `t`; empty when nothing is counted.
std::vector<double> accumulate(const std::vector<image_eval>& images, std::size_t t) {
  std::vector<double> scores;
  std::vector<int> matched, ignored;
  int npig = 0;
  for (auto& e : images) {
    scores.insert(scores.end(), e.scores.begin(), e.scores.end());
    matched.insert(matched.end(), e.matched[t].begin(), e.matched[t].end());
    ignored.insert(ignored.end(), e.ignored[t].begin(), e.ignored[t].end());
    npig += static_cast<int>(std::count(e.label_ignored.begin(), e.label_ignored.end(), 0));
  }
  if (npig == 0)
    return {};
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return -scores[a] < -scores[b]; });
  std::vector<double> rc, pr;
  double tp = 0, fp = 0;
  for (auto i : order) {
    tp += matched[i] && !ignored[i];
    fp += !matched[i] && !ignored[i];
    rc.push_back(tp / npig);
    pr.push_back(tp / (fp + tp + 2.220446049250313e-16));
  }
  for (std::size_t i = pr.size(); i-- > 1;)
    if (pr[i] > pr[i - 1])
      pr[i - 1] = pr[i];
  std::vector<double> q(R, 0.0);
  for (std::size_t r = 0; r < R; ++r) {
    auto at = std::lower_bound(rc.begin(), rc.end(), static_cast<double>(r) * 0.01);
    if (at == rc.end())
      break;
    q[r] = pr[static_cast<std::size_t>(at - rc.begin())];
  }
  return q;
}

} // namespace

precision_summary coco_average_precision(std::span<const frame_detections> frames) {
  std::set<std::uint16_t> classes;
  precision_summary s;
  for (auto& f : frames)
    for (auto& g : f.truth) {
      classes.insert(g.class_id);
      s.objects += !g.ignore;
    }
  double sum50 = 0, sum = 0, entries50 = 0, entries = 0;
  for (auto cls : classes) {
    std::vector<image_eval> images;
    for (auto& f : frames)
      images.push_back(evaluate(f, cls));
    for (std::size_t t = 0; t < T; ++t)
      for (double q : accumulate(images, t)) {
        sum += q;
        ++entries;
        sum50 += t == 0 ? q : 0;
        entries50 += t == 0;
      }
  }
  s.map50 = sum50 / entries50;
  s.map = sum / entries;
  return s;
}

} // namespace ecco::test
