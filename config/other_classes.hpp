// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// What to do with weights for another number of classes: refuse them, or begin their class branch anew and
/// take the rest.
enum class other_classes : std::uint8_t { refuse, reinitialise };

} // namespace ecco
