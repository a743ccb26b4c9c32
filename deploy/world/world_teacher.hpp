// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/learn/learner.hpp"
#include "runtime/world/world.hpp"

namespace ecco {

/// The place among a fleet's classes of each class of the city that is there, by COCO's number for it.
using city_classes = std::map<std::uint16_t, std::uint16_t>;

/// @returns `invalid_argument` about `address` when no class of the city is there
result<city_classes> places_of_city_classes(const std::string& address, const std::vector<std::string>& classes);

/// The area that object `index` of a picture owns: drawn again at this size, it is its exact pixels; holes are rings.
outline outline_of(const world::shot& seen, std::size_t index);

/// The truth about one picture, for a student of these classes.
std::vector<label> truth_about(const world::shot& seen, const city_classes& classes, bool with_outlines);

/// The truth about one camera of the synthetic city, as a teacher: it looks at the city itself, not at the
/// frame, and so knows what no network could see. What is too small or too hidden is to be ignored.
/// @param address of the camera, "world:..."
/// @param classes names; a label's class is the place of its name, and objects of other names are left out
/// @param with_outlines labels have shapes, for students with masks
/// @returns `invalid_argument` for a bad address, and when none of the city's classes is among `classes`
result<std::unique_ptr<teacher>> make_world_teacher(const std::string& address,
                                                    const std::vector<std::string>& classes, bool with_outlines);

} // namespace ecco
