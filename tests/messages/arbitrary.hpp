// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <rapidcheck.h>

#include "messages/envelope.hpp"

namespace ecco::test {

/// Valid messages of the given kind (an index into `envelope`), without NaN so that they equal themselves.
/// No blob has more than `most_bytes`; JSON carries messages without blobs only.
rc::Gen<envelope> arbitrary_message(std::size_t kind, std::size_t most_bytes);

} // namespace ecco::test
