// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// How a request finds a model that was learnt before: not at all; by RECL's gate, which names a few candidates to
/// verify; or by verifying every model there is.
enum class zoo_mode : std::uint8_t { off, recl, all };

} // namespace ecco
