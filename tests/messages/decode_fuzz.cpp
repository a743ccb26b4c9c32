// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "messages/codec.hpp"

/// Whatever decodes must survive a second trip, and be shown as JSON; whatever does not must say why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = ecco::decode({data, size});
  if (!message) {
    if (message.error().what.empty())
      std::abort();
    return 0;
  }
  if (!ecco::decode(ecco::encode(*message)) || ecco::to_json(*message).empty())
    std::abort();
  return 0;
}
