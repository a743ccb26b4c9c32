// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "messages/status.hpp"

namespace ecco {

/// An event as a sentence: "yard joins g-0001: its model gives +0.11". One line, whatever its texts contain.
std::string describe(const event& happened);

/// True for what a person wants to read as it happens; false for the many readings and reports in between.
bool is_news(const event& happened);

/// An event as one line of a log: "  1:36  group.joined     yard joins g-0001: ...".
std::string as_line(const event& happened);

} // namespace ecco
