// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "messages/detection.hpp"

namespace ecco {

/// An outline of several rings as one closed polygon, for formats that know no more: from the first ring to
/// each other and back along the same way, which encloses nothing. Filled by the rule of odd and even it
/// covers the very same points, holes included. @pre `shape` is not empty
std::vector<corner> one_polygon(const outline& shape);

} // namespace ecco
