// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// Who decides what a camera sends: the configuration alone, shared by the members of a group; a table from GPU budget to
/// frame rate and resolution (the paper); or AMS's adaptive rate, which looks at the scene only (the baselines).
enum class sampling_mode : std::uint8_t { fixed, table, ams };

} // namespace ecco
