// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "messages/envelope.hpp"

namespace ecco::test {

/// Why there is no message, for the text of an assertion, which Boost makes even when there is one.
template <class T>
std::string why(const result<T>& message) {
  return message ? std::string{} : render(message.error());
}

} // namespace ecco::test
