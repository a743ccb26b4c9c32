// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "runtime/score/average_precision.hpp"

namespace ecco::test {

/// COCO's evaluateImg and accumulate, written down step by step from algorithms.md section 4 without any
/// shortcut: the measure that the product's code is held against.
precision_summary coco_average_precision(std::span<const frame_detections> frames);

} // namespace ecco::test
