// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "runtime/world/world.hpp"

namespace ecco::test {

/// The city of seed 7 at ten in the morning, made once for all tests.
inline const std::shared_ptr<const world::world>& the_city() {
  static const auto made = std::make_shared<const world::world>(world::world_options{7, 10});
  return made;
}

/// A small camera of that name.
inline world::camera_plan a_plan(const std::string& name, std::uint16_t width = 160,
                                 std::uint16_t height = 96) {
  auto plan = world::camera_named(name).value();
  plan.width = width;
  plan.height = height;
  return plan;
}

} // namespace ecco::test
