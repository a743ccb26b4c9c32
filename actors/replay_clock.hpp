// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/detail/test_actor_clock.hpp>

#include "actors/tap.hpp"
#include "messages/recording.hpp"

namespace ecco {

/// Delivers `expected`, which is due to an actor by now, before whatever else is due by now. Which of several comes
/// first depends on which was asked for first, and that on when actors ran that said nothing: a recording does not have
/// it, but it has what came of it.
/// @returns false when nothing is due that looks like it: nothing was delivered
bool deliver_due(caf::detail::test_actor_clock& clock, tap& through, const recorded_message& expected);

} // namespace ecco
