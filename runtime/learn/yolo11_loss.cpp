// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/yolo11_loss.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "runtime/learn/softplus_sum.hpp"

namespace ecco {

namespace {

using torch::Tensor;

struct corners {
  explicit corners(const Tensor& boxes) {
    const auto c = boxes.unbind(-1);
    x1 = c[0], y1 = c[1], x2 = c[2], y2 = c[3];
  }
  Tensor x1, y1, x2, y2;
};

/// Is each centre inside each box? (batch, boxes, 4) x (anchors, 2) -> (batch, boxes, anchors)
Tensor contains(const Tensor& boxes, const Tensor& centres) {
  const corners box{boxes.unsqueeze(2)};
  const auto x = centres.select(1, 0), y = centres.select(1, 1);
  const auto nearest_side =
      torch::minimum(torch::minimum(x - box.x1, box.x2 - x), torch::minimum(y - box.y1, box.y2 - y));
  return nearest_side > 1e-9;
}

/// 1 where an anchor's class scores are to be learned: everywhere but on ignored background.
Tensor counted(const truths& truth, const Tensor& centres, const Tensor& foreground) {
  return foreground | contains(truth.ignored, centres).any(1).logical_not();
}

/// Cross entropy towards the two bins around each distance, weighted by nearness; mean of the four sides.
Tensor distribution_focal_loss(const Tensor& logits, const Tensor& distances) {
  const auto target = distances.clamp(0., static_cast<double>(distance_bins) - 1.01);
  const auto lower = target.floor();
  const auto above = target - lower;
  const auto log_p = logits.view({-1, 4, distance_bins}).log_softmax(2);
  const auto bin = lower.to(torch::kLong).unsqueeze(2);
  const auto at_lower = log_p.gather(2, bin).squeeze(2), at_upper = log_p.gather(2, bin + 1).squeeze(2);
  return -(at_lower * (1. - above) + at_upper * above).mean(1);
}

/// The anchors that answer for an object. With `fixed` always that many, so that the host need not wait for a CUDA device
/// to learn how many there are: those too many have no score.
Tensor foreground_rows(const assignment& found, std::optional<std::int64_t> fixed) {
  const auto foreground = found.foreground.view(-1);
  if (!fixed)
    return foreground.nonzero().squeeze(1);
  return std::get<1>(foreground.to(torch::kInt).topk(std::min(*fixed, foreground.numel())));
}

/// Which anchor of which picture answers for which object, one row each.
struct positives {
  positives(const assignment& found, std::int64_t anchors, std::optional<std::int64_t> fixed)
      : rows{foreground_rows(found, fixed)}, picture{rows.floor_divide(anchors)}, anchor{rows.remainder(anchors)},
        object{found.object.view(-1).index_select(0, rows)} {}

  Tensor rows, picture, anchor, object;
};

/// 1 on the cells of a mask whose corner lies in each box, corners in cells: (boxes, 4) ->
/// (boxes, height, width).
Tensor cells_within(const Tensor& boxes, std::int64_t height, std::int64_t width) {
  const corners box{boxes.view({-1, 1, 1, 4})};
  const auto x = torch::arange(width, boxes.options()).view({1, 1, -1});
  const auto y = torch::arange(height, boxes.options()).view({1, -1, 1});
  return (x >= box.x1) & (x < box.x2) & (y >= box.y1) & (y < box.y2);
}

/// Sum over anchors of one picture: the cross entropy between the anchor's mask and its object's, within the
/// object's box, as a mean over all cells by the box's part of the picture. `coefficients` (anchors,
/// prototypes), `prototypes` (prototypes, height, width), `object` (anchors), `boxes` (anchors, 4) in pixels.
Tensor mask_entropy(const Tensor& coefficients, const Tensor& prototypes, const Tensor& owners,
                    const Tensor& object, const Tensor& boxes) {
  const auto height = prototypes.size(1), width = prototypes.size(2);
  const auto logits = coefficients.matmul(prototypes.flatten(1)).view({-1, height, width});
  const auto mine = (owners == (object + 1).view({-1, 1, 1})).to(logits.scalar_type());
  const auto in_cells = boxes / static_cast<double>(mask_stride);
  const corners box{in_cells};
  // The mean over all cells by the box's part of them: the sum by the box's area in cells.
  const auto area = (box.x2 - box.x1) * (box.y2 - box.y1);
  const auto entropy = torch::binary_cross_entropy_with_logits(logits, mine, {}, {}, torch::Reduction::None);
  return ((entropy * cells_within(in_cells, height, width)).sum({1, 2}) / area).sum();
}

Tensor mask_loss(const head_output& out, const truths& truth, const positives& at) {
  const auto counts = truth.outlined.defined() ? truth.outlined.index({at.picture, at.object})
                                               : torch::ones_like(at.object, torch::kBool);
  auto sum = torch::zeros({}, out.prototypes.options());
  for (std::int64_t i = 0; i < out.prototypes.size(0); ++i) {
    const auto here = ((at.picture == i) & counts).nonzero().squeeze(1);
    if (here.numel() == 0)
      continue;
    const auto object = at.object.index_select(0, here);
    sum = sum
          + mask_entropy(out.coefficients[i].index_select(0, at.anchor.index_select(0, here)),
                         out.prototypes[i], truth.owners[i], object, truth.boxes[i].index_select(0, object));
  }
  return sum / counts.sum().clamp_min(1);
}

} // namespace

Tensor complete_iou(const Tensor& first, const Tensor& second) {
  constexpr double eps = 1e-7;
  const corners a{first}, b{second};
  const auto aw = a.x2 - a.x1, ah = a.y2 - a.y1 + eps, bw = b.x2 - b.x1, bh = b.y2 - b.y1 + eps;
  const auto overlap = (torch::minimum(a.x2, b.x2) - torch::maximum(a.x1, b.x1)).clamp_min(0)
                       * (torch::minimum(a.y2, b.y2) - torch::maximum(a.y1, b.y1)).clamp_min(0);
  const auto iou = overlap / (aw * ah + bw * bh - overlap + eps);
  const auto hull_w = torch::maximum(a.x2, b.x2) - torch::minimum(a.x1, b.x1);
  const auto hull_h = torch::maximum(a.y2, b.y2) - torch::minimum(a.y1, b.y1);
  const auto diagonal = hull_w.square() + hull_h.square() + eps;
  const auto apart = ((b.x1 + b.x2 - a.x1 - a.x2).square() + (b.y1 + b.y2 - a.y1 - a.y2).square()) / 4;
  const auto v =
      (torch::atan(bw / bh) - torch::atan(aw / ah)).square() * (4 / (std::numbers::pi * std::numbers::pi));
  Tensor weight;
  {
    torch::NoGradGuard no_grad;
    weight = v / (v - iou + (1 + eps));
  }
  return iou - (apart / diagonal + v * weight);
}

assignment assign(const Tensor& class_logits, const Tensor& predicted, const Tensor& centres,
                  const truths& truth, const assigner_options& options) {
  torch::NoGradGuard no_grad;
  const auto batch = predicted.size(0), anchors = predicted.size(1), objects = truth.boxes.size(1);
  if (objects == 0) {
    const auto none = torch::zeros({batch, anchors}, predicted.options());
    return {none.to(torch::kBool), none.to(torch::kLong), none};
  }
  // (batch, objects, anchors) from here on
  const auto candidate = contains(truth.boxes, centres) & truth.valid.unsqueeze(2);
  const auto overlap =
      complete_iou(truth.boxes.unsqueeze(2), predicted.unsqueeze(1)).clamp_min(0).mul_(candidate);
  const auto score = class_logits.transpose(1, 2)
                         .gather(1, truth.classes.unsqueeze(2).expand({batch, objects, anchors}))
                         .sigmoid();
  const auto alignment = score.pow(options.score_power) * overlap.pow(options.overlap_power);

  const auto best = alignment.topk(std::min(options.anchors_per_object, anchors), 2);
  auto chosen = torch::zeros_like(candidate).scatter_(2, std::get<1>(best), std::get<0>(best) > 0);
  const auto wanted = chosen.sum(1);
  const auto nearest = overlap.argmax(1, true);
  const auto only_nearest = torch::zeros_like(chosen).scatter_(1, nearest, true);
  chosen = torch::where((wanted > 1).unsqueeze(1), only_nearest, chosen);

  const auto aligned = alignment * chosen;
  const auto best_overlap = (overlap * chosen).amax(2, true);
  const auto normalised = aligned * best_overlap / (aligned.amax(2, true) + 1e-9);
  return {wanted > 0, chosen.to(torch::kByte).argmax(1), normalised.amax(1)};
}

loss_terms yolo11_loss(const head_output& out, const anchor_grid& anchors, const truths& truth) {
  const auto batch = out.classes.size(0), per_picture = out.classes.size(1), classes = out.classes.size(2);
  assignment found;
  {
    torch::NoGradGuard no_grad;
    const auto boxes = boxes_around(anchors.centres, expected_distances(out.distances)) * anchors.strides;
    found = assign(out.classes, boxes, anchors.centres * anchors.strides, truth);
  }
  const auto total_score = found.score.sum().clamp_min(1);

  std::optional<std::int64_t> fixed;
  if (out.classes.is_cuda() && !out.prototypes.defined())
    fixed = batch * truth.boxes.size(1) * assigner_options{}.anchors_per_object;
  const positives at{found, per_picture, fixed};
  const auto weight = found.score.view(-1).index_select(0, at.rows);
  Tensor counts;
  if (truth.ignored.size(1) > 0)
    counts = counted(truth, anchors.centres * anchors.strides, found.foreground).to(torch::kFloat);
  auto entropy = softplus_sum(out.classes, counts);
  if (at.rows.numel() > 0) {
    const auto class_of_each = truth.classes.index({at.picture, at.object}).unsqueeze(1);
    const auto logits_of_each = out.classes.reshape({-1, classes}).index_select(0, at.rows).gather(1, class_of_each);
    entropy = entropy - (logits_of_each.squeeze(1) * weight).sum();
  }
  loss_terms terms;
  terms.classes = entropy / total_score;
  terms.box = terms.distances = terms.masks = torch::zeros({}, out.classes.options());
  if (at.rows.numel() == 0)
    return terms;

  const auto centres = anchors.centres.index_select(0, at.anchor);
  const auto logits = out.distances.reshape({batch * per_picture, -1}).index_select(0, at.rows);
  const auto target = truth.boxes.index({at.picture, at.object}) / anchors.strides.index_select(0, at.anchor);
  const auto boxes = boxes_around(centres, expected_distances(logits));
  terms.box = ((1 - complete_iou(boxes, target)) * weight).sum() / total_score;
  const auto sides = torch::cat({centres - target.narrow(1, 0, 2), target.narrow(1, 2, 2) - centres}, 1);
  terms.distances = (distribution_focal_loss(logits, sides) * weight).sum() / total_score;
  if (out.prototypes.defined() && truth.owners.defined())
    terms.masks = mask_loss(out, truth, at);
  return terms;
}

Tensor total(const loss_terms& terms, const loss_gains& gains, std::int64_t batch) {
  return ((terms.box + terms.masks) * gains.box + terms.classes * gains.classes
          + terms.distances * gains.distances)
         * static_cast<double>(batch);
}

} // namespace ecco
