// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "runtime/world/world.hpp"

namespace ecco {

/// Cities that have been made, each once, for all the cameras that look at it. Any thread may ask.
class cities {
 public:
  std::shared_ptr<const world::world> of(const world::world_options& options) {
    const std::lock_guard one_at_a_time{making_};
    for (const auto& made : made_)
      if (made->options == options)
        return made;
    return made_.emplace_back(std::make_shared<const world::world>(options));
  }

 private:
  std::mutex making_;
  std::vector<std::shared_ptr<const world::world>> made_;
};

} // namespace ecco
