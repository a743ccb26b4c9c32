// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/settings.hpp"
#include "messages/status.hpp"

namespace ecco {

/// Ask the server of `from` one thing from outside its process.
/// @returns `unreachable` when no server listens there, `timed_out` when it does not answer; else its own answer.
result<status_report> ask_status(const settings& from);
result<inject_answer> ask_inject(const settings& from, const inject_order& order);

} // namespace ecco
