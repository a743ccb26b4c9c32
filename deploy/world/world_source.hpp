// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runtime/video/source.hpp"
#include "runtime/world/address.hpp"

namespace ecco {

/// A camera of the synthetic city as a source of pictures: picture k stands at k / fps, for ever.
/// Filters come after its own weather and light. @returns `invalid_argument` for an address that says nothing, and for
/// filters that are none
result<std::unique_ptr<frame_source>> open_world_source(const source_options& options);

} // namespace ecco
