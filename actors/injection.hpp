// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/interfaces.hpp"

namespace ecco {

/// Delivers the message that `order` holds to `target`, which the sender calls `order.to`, and
/// answers the message that `self` is handling with what `target` answers. Why it cannot be delivered is an
/// answer too.
caf::result<inject_answer> inject(reception_actor::pointer self, const caf::actor& target,
                                  const inject_order& order);

} // namespace ecco
