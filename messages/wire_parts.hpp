// SPDX-License-Identifier: Apache-2.0
// Private to messages/: parts of messages that entries of files hold as well.
#pragma once

#include <vector>

#include "messages/place.hpp"
#include "messages/wire.hpp"

namespace ecco::wire {

void write(Label::Builder to, const label& from);
void write(Location::Builder to, const location& from);
void write(EncodedSegment::Builder to, const encoded_segment& from, std::vector<gap>& gaps);

// As `read` of whole messages.
label read(const place& at, Label::Reader from);
location read(const place& at, Location::Reader from);
encoded_segment read(const place& at, EncodedSegment::Reader from);

} // namespace ecco::wire
