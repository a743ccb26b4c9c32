// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// What becomes of a candidate that forgot what its camera saw before its drift: nobody looks; it is deployed, and that
/// is told; it is not deployed.
enum class old_conditions : std::uint8_t { ignore, warn, refuse };

} // namespace ecco
