// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>
#include <vector>

#include "messages/envelope.hpp"

namespace ecco::test {

/// One message of each kind, in the order of the kinds, every field other than its default. The files in
/// tests/data/messages were made from these: a field may be added here, but a value never changed.
const std::vector<envelope>& samples();

/// The sample of type `T`.
template <class T>
T sample() {
  for (const auto& message : samples())
    if (const auto* found = std::get_if<T>(&message))
      return *found;
  throw std::logic_error{"no sample of this kind"};
}

} // namespace ecco::test
