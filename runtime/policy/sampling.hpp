// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/detection.hpp"
#include "messages/plan.hpp"

namespace ecco {

/// The role of the moment `media_time` of a stream. Negative times are guard.
sample_role role_at(const sample_split& split, duration media_time);

/// The second `media_time` falls into: pictures of one second form one segment.
std::int64_t segment_at(duration media_time);

/// What a member of a group of `members` cameras sends: the group's frame rate f* is divided among them
/// (paper 3.2.1), resolution kept, never below `least_fps`. For a fixed plan: one that a GPU budget buys is `divide`d.
sampling_plan share_plan(const sampling_plan& whole, std::uint32_t members, double least_fps = 0.2);

/// True when a stream sampled at `fps` takes the picture at `stream_time`, given when it last took one.
bool is_due(double fps, duration stream_time, duration last_taken);

} // namespace ecco
