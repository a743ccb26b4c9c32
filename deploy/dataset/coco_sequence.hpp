// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "messages/error.hpp"
#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// COCO's instances as a sequence: images in the order of their ids, a frame each. Pictures are beside the file, or
/// below the folder above it, in `images` or a folder of the split's name (`val2017` for `instances_val2017.json`).
/// Categories keep their ids, with gaps; crowds do not count.
/// @param fps the frames' rate, which COCO does not know
/// @param with_masks also the pixels of each object; every annotation needs a segmentation then
/// @returns as `read_coco_truth`, and `malformed_data` for a picture that has no name, leaves its folder, is there
/// twice,
///          or has another size than the file says.
result<dataset_sequence> read_coco_sequence(const std::filesystem::path& file, double fps, bool with_masks);

} // namespace ecco
