// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/error.hpp"
#include "messages/grouping.hpp"
#include "messages/training.hpp"

namespace ecco {

/// A drift noticed longer ago than this is no reason to retrain now: a camera that was away so long looks again first.
inline constexpr duration most_request_age = std::chrono::hours{24} * 7;

/// Can such a request be? Peers' messages were checked when they were decoded; this also holds for those of actors in
/// this process, and for what is well-formed but cannot be true.
/// @returns `invalid_argument` with the field that is impossible
result<void> check_request(const retrain_request& request);

/// Is the report of a micro-window about the one that was granted, and can its numbers be?
/// @returns `invalid_argument` with what is wrong
result<void> check_report(const micro_window_report& report, const micro_window_grant& granted);

} // namespace ecco
