// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/dataset/dataset.hpp"
#include "runtime/learn/learner.hpp"

namespace ecco {

/// A teacher that reads the truth of a data set's sequence (class_map.hpp says what becomes of its classes). What
/// nobody labelled, objects that do not count, and those mostly hidden are marked `ignore`: neither objects nor
/// background. Labels are of the pictures as the data set has them, so no filter may move their pixels.
/// @param classes the configured ones
/// @param outlines_needed refuse a sequence that has no shapes: students with masks would not learn any from it
/// @returns `not_found` for a sequence without labels, `shape_mismatch` when no class fits
result<std::unique_ptr<teacher>> make_dataset_teacher(dataset_sequence sequence,
                                                      const std::vector<std::string>& classes, bool outlines_needed);

} // namespace ecco
