// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/detection.hpp"

namespace ecco {

/// Area of `b`; of the unit picture, so in [0, 1].
double area(const box& b);

/// Area that `a` and `b` share; 0 when they only touch.
double intersection(const box& a, const box& b);

/// Intersection over union in [0, 1]; 0 when they share nothing. Scaling both axes, as from fractions to
/// pixels, does not change it.
double iou(const box& a, const box& b);

/// The part of `seen` that lies in `region`: COCO's overlap with a crowd region, which may hold any number
/// of detections and so must not be held against their size.
double covered(const box& seen, const box& region);

} // namespace ecco
