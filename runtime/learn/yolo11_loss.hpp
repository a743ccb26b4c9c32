// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "runtime/learn/training_recipe.hpp"
#include "runtime/learn/yolo11_net.hpp"

namespace ecco {

/// The true objects of a batch, padded to the most of any picture.
struct truths {
  /// Corners in pixels of the input: (batch, objects, 4).
  torch::Tensor boxes;
  /// (batch, objects), 64-bit integers.
  torch::Tensor classes;
  /// False for padding: (batch, objects).
  torch::Tensor valid;
  /// Regions nobody vouches for, corners in pixels: (batch, regions, 4); padding has no area.
  torch::Tensor ignored;
  /// To whom each cell of the mask prototypes belongs: 1 + the index of the object, 0 for nobody. Undefined
  /// without masks, else integers (batch, height / mask_stride, width / mask_stride). Where objects overlap,
  /// the smaller one is in front.
  torch::Tensor owners{};
  /// Which objects own cells: (batch, objects). Undefined: all do. The others do not count for the mask loss.
  torch::Tensor outlined{};
};

/// Which anchor answers for which object.
struct assignment {
  /// (batch, anchors): is there an object, and which.
  torch::Tensor foreground, object;
  /// The class score the anchor should give its object, 0 off the foreground: (batch, anchors).
  torch::Tensor score;
};

struct assigner_options {
  std::int64_t anchors_per_object = 10;
  double score_power = .5, overlap_power = 6;
};

/// Complete IoU (Zheng et al. 2020) of corner boxes, broadcast; the aspect weight carries no gradient.
torch::Tensor complete_iou(const torch::Tensor& a, const torch::Tensor& b);

/// Task-aligned assignment (Feng et al. 2021; constants of Ultralytics 8.3): an object takes those anchors
/// within it that best agree in class score and overlap, an anchor wanted by several objects goes to the
/// one it overlaps most. Anchors that do not overlap their object at all are left out.
/// `predicted` (batch, anchors, 4) and `centres` (anchors, 2) in pixels.
assignment assign(const torch::Tensor& class_logits, const torch::Tensor& predicted,
                  const torch::Tensor& centres, const truths& truth, const assigner_options& options = {});

/// Before their gains. All but the masks are means over the batch's assigned score.
struct loss_terms {
  torch::Tensor box, classes, distances;
  /// The mean over the anchors that answer for an object with an outline; 0 without masks.
  torch::Tensor masks;
};

/// Complete IoU, binary cross entropy and distribution focal loss of one batch; where both `predicted` and
/// `truth` have masks, also the binary cross entropy of each object's mask within its box, by the area of the
/// box. Anchors in an ignored region that answer for no object do not count.
loss_terms yolo11_loss(const head_output& predicted, const anchor_grid& anchors, const truths& truth);

/// What to minimise: the weighted sum times the batch size. Masks weigh as boxes do.
torch::Tensor total(const loss_terms& terms, const loss_gains& gains, std::int64_t batch);

} // namespace ecco
