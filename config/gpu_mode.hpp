// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// Who gets the GPU workers' devices: each its own job, or all of them one job at a time, which they train together,
/// data-parallel (the paper). A job's GPU time is counted the same way: over all devices it had.
enum class gpu_mode : std::uint8_t { spread, exclusive };

} // namespace ecco
