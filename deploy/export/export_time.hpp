// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace ecco {

/// Reads a moment: `2026-11-28`, `2026-11-28T05:10` or `2026-11-28T05:10:30` in UTC, with or without a Z at
/// the end, of 1970 to 2199; or how long before `now` it was: `90m`. Since 1970 UTC. @returns
/// `invalid_argument`
result<duration> parse_moment(std::string_view text, duration now);

/// `2026-11-28T05:10:30Z`.
std::string as_moment(duration since_1970);

} // namespace ecco
