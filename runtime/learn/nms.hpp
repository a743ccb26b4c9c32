// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "messages/detection.hpp"

namespace ecco {

/// Keeps the best of each heap of boxes of one class: a detection falls when it overlaps a better one that
/// was kept by more than `max_iou`. At most `max_detections` over all classes, best first; equal scores
/// keep their order. Detections with a score or corner that is not finite are dropped.
std::vector<detection> non_maximum_suppression(std::vector<detection> candidates, float max_iou,
                                               std::size_t max_detections);

/// The same, as places in `candidates`.
std::vector<std::size_t> survivors(std::span<const detection> candidates, float max_iou,
                                   std::size_t max_detections);

} // namespace ecco
