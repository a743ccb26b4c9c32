// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/actor_clock.hpp>

#include "messages/ids.hpp"

namespace ecco {

/// The actor's time, from an origin that is fixed while the process runs. Live it is the machine's steady clock, in
/// tests and experiments the virtual one: actors know no other.
template <class Self>
duration now(Self* self) {
  return std::chrono::duration_cast<duration>(self->clock().now().time_since_epoch());
}

} // namespace ecco
