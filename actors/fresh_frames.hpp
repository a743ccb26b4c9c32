// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "actors/interfaces.hpp"

namespace ecco {

/// Asks each of these for labelled frames, on behalf of the grouper. `done` is called once, from `self`'s handlers, with
/// what came, in the order of `sources`; nothing of one that has none in time.
void gather_frames(grouper_actor::pointer self, const std::vector<ingest_actor>& sources, const subsample_order& what,
                   std::function<void(std::vector<labelled_frame>)> done);

} // namespace ecco
