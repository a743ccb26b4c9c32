// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/learn/learner.hpp"

namespace ecco {

/// The place among `classes` of each class of the city that is there, by COCO's number for it.
/// @returns `invalid_argument` about `address` when there is none
result<std::map<std::uint16_t, std::uint16_t>> places_of_city_classes(const std::string& address,
                                                                      const std::vector<std::string>& classes);

/// The truth about one camera of the synthetic city, as a teacher: it looks at the city itself, not at the
/// frame, and so knows what no network could see. What is too small or too hidden is to be ignored.
/// @param address of the camera, "world:..."
/// @param classes names; a label's class is the place of its name, and objects of other names are left out
/// @returns `invalid_argument` for a bad address, and when none of the city's classes is among `classes`
result<std::unique_ptr<teacher>> make_world_teacher(const std::string& address,
                                                    const std::vector<std::string>& classes);

} // namespace ecco
