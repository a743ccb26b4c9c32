// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/world/world.hpp"

namespace ecco::world {

/// What is labelled, with COCO's names and both of its numbers: counted from 0 without gaps as detectors do,
/// and the ids of its files.
struct labelled_class {
  object_class kind;
  std::string_view name;
  int category_id;
};
inline constexpr std::array<labelled_class, 5> labelled_classes{{{object_class::person, "person", 1},
                                                                 {object_class::bicycle, "bicycle", 2},
                                                                 {object_class::car, "car", 3},
                                                                 {object_class::bus, "bus", 6},
                                                                 {object_class::truck, "truck", 8}}};

/// What is too small or too hidden to be asked for; it is labelled as to be ignored.
struct label_rules {
  /// Pixels.
  int least_height = 6;
  std::uint32_t least_pixels = 24;
  /// Share that is seen, in [0, 1].
  float least_visible = .25f;
};

/// Is this object to be found, rather than to be ignored?
bool counts(const seen_object& object, const label_rules& rules);

/// Objects of fewer pixels are not labelled at all.
inline constexpr std::uint32_t least_labelled_pixels = 4;

/// The truth about a picture as a teacher says it, in the order of its objects; classes are COCO's, from 0. Objects
/// of fewer than `least_labelled_pixels` are left out.
std::vector<label> labels_of(const shot& of, const label_rules& rules = {});

} // namespace ecco::world
