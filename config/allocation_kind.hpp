// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// Who divides the GPU's time between the jobs; see make_allocation_rule
/// (runtime/policy/allocation_rule.hpp).
enum class allocation_kind : std::uint8_t { ecco, recl, ekya, uniform };

} // namespace ecco
