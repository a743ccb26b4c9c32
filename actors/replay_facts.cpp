// SPDX-License-Identifier: Apache-2.0
#include "actors/replay_facts.hpp"

#include <utility>
#include <variant>

namespace ecco {

result<replay_facts> replay_facts_of(const record_source& next) {
  replay_facts out;
  while (true) {
    auto record = next();
    if (!record)
      return tl::unexpected{record.error()};
    if (!*record)
      return out;
    const auto& message = (*record)->message;
    if (!message)
      continue;
    if (const auto* welcome = std::get_if<camera_welcome>(&*message)) {
      out.media_tokens.push_back(welcome->media_token);
      out.media_port = welcome->media_port;
    } else if (const auto* update = std::get_if<model_update>(&*message); update != nullptr && out.first_weights.empty()
                                                                           && update->model.revision == 1) {
      out.first_weights = update->weights;
    }
  }
}

} // namespace ecco
