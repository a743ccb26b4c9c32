// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <caf/actor_control_block.hpp>
#include <caf/type_erased_tuple.hpp>

#include "messages/recording.hpp"

namespace ecco {

/// What CAF carries, as a recording has it: fills in kind, message, handles and detail. `name_of` knows the actors that
/// the message introduces.
void describe(const caf::type_erased_tuple& content, recorded_message& to,
              const std::function<std::string(const caf::strong_actor_ptr&)>& name_of);

} // namespace ecco
