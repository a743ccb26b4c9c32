// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/error.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/result.hpp>

#include "messages/error.hpp"

namespace ecco {

/// Carries an ecco error through CAF: category `ecco`, the texts as context.
caf::error to_caf(const error& failure);

/// The other way round. CAF's own errors map to `timed_out`, `unreachable`, `invalid_argument` or `internal`.
error from_caf(const caf::error& failure);

/// A handler's answer from a `result`.
template <class T>
caf::result<T> answer(result<T> outcome) {
  if (!outcome)
    return to_caf(outcome.error());
  return std::move(*outcome);
}

/// What a handler that has no answer says to a message it refuses: why, where somebody waits to hear (`ecco inject`),
/// and nothing otherwise: an error that nobody asked for would end the sender.
template <class Self>
caf::result<void> refused(Self* self, const error& why) {
  if (self->current_mailbox_element()->mid.is_request())
    return to_caf(why);
  return caf::unit;
}

} // namespace ecco
