// SPDX-License-Identifier: Apache-2.0
#include "actors/wire.hpp"

#include "actors/failure.hpp"
#include "messages/codec.hpp"

namespace ecco {

caf::error decode_expecting(const bytes& data, envelope& target) {
  auto message = decode(data);
  if (!message)
    return to_caf(message.error());
  if (message->index() != target.index())
    return to_caf({ec::malformed_data,
                   "expected a message of kind " + std::string{kind_of(target)} + ", got "
                     + std::string{kind_of(*message)},
                   {}});
  target = std::move(*message);
  return caf::none;
}

bytes encode_for_wire(const envelope& message) {
  return encode(message);
}

} // namespace ecco
