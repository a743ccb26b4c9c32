// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/dataset_address.hpp"
#include "messages/error.hpp"
#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// Reads one sequence in its layout, with the options of its address.
/// @param fps the frames' rate where the layout does not say it; more than 0
/// @param with_masks also the shapes of objects, where the layout has them as pixels
result<dataset_sequence> read_dataset(const dataset_place& place, double fps, bool with_masks);

/// The objects of a frame of the sequence: its own, or those of CARLA's picture of them, which is decoded for it.
result<std::vector<dataset_object>> objects_of(const dataset_sequence& sequence, const dataset_frame& frame,
                                               bool with_masks);

} // namespace ecco
