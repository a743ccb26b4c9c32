// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ecco {

/// Minutes and seconds: "4:07" for 247.
std::string as_clock(double seconds);

} // namespace ecco
