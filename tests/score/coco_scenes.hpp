// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "runtime/score/coco_match.hpp"

namespace ecco::test {

/// The random scene of this seed that make_coco_fixtures.py shows to pycocotools: ties of score and of
/// overlap, crowds, areas at the very ends of their ranges, empty images, more than 100 detections. Odd seeds
/// have masks.
coco_scene random_coco_scene(std::uint64_t seed);

/// The random mask of this number there; each four in a row have one size.
rle random_mask(std::uint64_t number);

} // namespace ecco::test
