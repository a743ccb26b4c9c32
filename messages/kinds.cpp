// SPDX-License-Identifier: Apache-2.0
#include "messages/kinds.hpp"

#include <capnp/schema.h>

#include "messages/envelope.capnp.h"

namespace ecco {

std::vector<std::string_view> message_kinds() {
  std::vector<std::string_view> out;
  for (const auto field : capnp::Schema::from<wire::Envelope>().getUnionFields()) {
    const auto name = field.getProto().getName();
    out.emplace_back(name.begin(), name.size());
  }
  return out;
}

} // namespace ecco
