// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch.
#pragma once

#include <span>
#include <vector>

#include "runtime/learn/augmentation.hpp"
#include "runtime/learn/yolo11_loss.hpp"

namespace ecco {

/// Adds what the mask loss of a batch needs to its truths: to whom each cell of the mask prototypes belongs,
/// by its centre, and which objects have an outline. An object without one owns no cell and is left out of
/// the mask loss: it tells where it is, not what it covers, and its box for a mask would teach boxes.
/// @param labels one list a picture; those that are not `ignore` are the objects, in their order
/// @param height,width of the pictures, in pixels
void add_masks(truths& to, std::span<const std::vector<placed_label>> labels, std::int64_t height,
               std::int64_t width);

} // namespace ecco
