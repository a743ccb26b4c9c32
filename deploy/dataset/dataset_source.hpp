// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "runtime/dataset/dataset.hpp"
#include "runtime/video/source.hpp"

namespace ecco {

/// What a camera of a data set shows. Media time 0 is its first frame; stream time 0 is the beginning of its scene, so
/// that cameras which are opened together are as far apart as they were recorded, and filters strike all at once.
/// Looping, each camera begins again at its own end.
result<std::unique_ptr<frame_source>> open_dataset_source(const dataset_sequence& sequence, bool loop,
                                                          std::vector<timed_filter> filters);

/// The frame that stands at this media time; null when the sequence has none there.
const dataset_frame* frame_at(const dataset_sequence& sequence, duration media_time);

} // namespace ecco
