// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to runtime/video and its tests.

#include <memory>

#include "runtime/video/segment_codec.hpp"

namespace ecco {

/// Encodes with libavcodec's encoder of that name ("libx264", "mpeg4", ...).
/// @returns `unsupported` when libav was built without it or it does not open here.
result<std::unique_ptr<segment_encoder>> make_libav_encoder(const char* name, const encoder_options& options);

} // namespace ecco
